import { findHost } from "#host";

/**
 * The signal that is aborted when the person interrupts the running cell; absent where nobody can. Hand it to work that takes a
 * signal, such as training, so that it ends tidily.
 *
 * @example
 * ```ts
 * import { interruption } from "heed";
 * const signal = interruption();
 * for (let step = 0; step < 1000 && !signal?.aborted; step += 1) Math.sqrt(step);
 * ```
 */
export const interruption = (): AbortSignal | undefined => findHost().signal;
