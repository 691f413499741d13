/** What the notebook's stop button means to work under way, in every folder above the engine. */

/** The run of a cell, of what the kernel puts at `globalThis[Symbol.for("heed.host")]`; see notebook/host.ts. */
interface RunningCell {
  readonly signal: AbortSignal;
  letFinish?(work: Promise<unknown>): void;
}

/** The cell that the running code belongs to; undefined outside of this project's kernel. */
const runningCell = (): RunningCell | undefined =>
  (globalThis as { [key: symbol]: { readonly cell?: RunningCell } | undefined })[Symbol.for("heed.host")]?.cell;

/** The signal that is aborted when the person interrupts the running cell, or `given` is. */
export function signalWith(given: AbortSignal | undefined): AbortSignal | undefined {
  const own = runningCell()?.signal;
  return own && given && own !== given ? AbortSignal.any([own, given]) : (own ?? given);
}

/** Ends work of a cell that the person has interrupted, with the signal's reason. */
export const throwIfInterrupted = (): void => runningCell()?.signal.throwIfAborted();

/** Work that ends by itself soon after the signal is aborted: an interrupt does not lose what it returns. */
export function letFinish<Result>(work: Promise<Result>): Promise<Result> {
  runningCell()?.letFinish?.(work);
  return work;
}
