import { findHost } from "#host";

/**
 * The signal that is aborted when the person interrupts the running cell; absent where nobody can. Hand it to work that takes a
 * signal, such as training, so that it ends tidily.
 *
 * @example
 * ```ts
 * import { interruption } from "heed/program";
 * const signal = interruption();
 * let sum = 0;
 * for (let step = 0; step < 5 && !signal?.aborted; step += 1) sum += step;
 * console.log(sum); // 10
 * ```
 */
export const interruption = (): AbortSignal | undefined => findHost().signal;
