/** What shows things in the place the code runs in: this project's kernel, plain tslab, Deno's kernel, a terminal or a page. */
import type { Language } from "../note/index.js";

/** One thing in several MIME types; bytes are sent as base64. */
export type Bundle = Readonly<Record<string, unknown>>;

/** How a bundle is displayed. */
export interface DisplayOptions {
  /** Names the display, so that a later one may replace it. */
  readonly displayId?: string;
  /** Replaces the display of this `displayId` instead of adding one. */
  readonly update?: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Where the code runs. */
export interface Host {
  readonly kind: "heed" | "tslab" | "deno" | "terminal";
  readonly language: Language;
  /**
   * Something that is the same during one run of a cell and differs between runs. What was displayed in an earlier run may be
   * gone, so it is not updated but displayed anew.
   */
  readonly run: unknown;
  /** Aborted when the person interrupts the running cell. */
  readonly signal: AbortSignal | undefined;
  display(bundle: Bundle, options?: DisplayOptions): void;
  /** A terminal only: writes over the last line, until the last text. */
  writeLine?(text: string, isLast: boolean): void;
}

/**
 * What the kernel puts at `globalThis[Symbol.for("heed.host")]`; the kernel's side is kernel/host.cjs.
 * It is an interface between programs of different versions: change it only by adding to it.
 */
export interface KernelHost {
  readonly version: 1;
  /** The cell that the running code belongs to; absent before the first. */
  readonly cell: KernelCell | undefined;
  display(bundle: Bundle, options?: DisplayOptions): void;
}

/** A run of a cell. */
export interface KernelCell {
  /** The cell's id in the notebook, where the client tells it. */
  readonly id: string | undefined;
  /** The number shown beside the cell. */
  readonly count: number;
  /** Aborted when the person interrupts this run. */
  readonly signal: AbortSignal;
}

/** The global symbol of {@link KernelHost}. */
export const kernelHostSymbol: unique symbol = Symbol.for("heed.host") as never;

/** The host of this project's kernel, if that is what the code runs in. */
export function findKernelHost(language: Language): Host | undefined {
  const kernel = (globalThis as { [kernelHostSymbol]?: KernelHost })[kernelHostSymbol];
  if (kernel === undefined) return undefined;
  return {
    kind: "heed",
    language,
    run: kernel.cell,
    signal: kernel.cell?.signal,
    display: (bundle, options) => kernel.display(bundle, options),
  };
}
