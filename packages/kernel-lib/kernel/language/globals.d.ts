/** What cells find besides what Node has: see ../input.mjs. */

/**
 * Asks for a line of text, and waits until it is typed.
 *
 * @param message what to ask
 * @param initial what is returned if nothing is typed; null if not given
 */
declare function prompt(message?: string, initial?: string): string | null;

/** Asks whether to go on; true if the answer is y or yes. */
declare function confirm(message?: string): boolean;

/** Shows a message, and waits until it is read. */
declare function alert(message?: string): void;
