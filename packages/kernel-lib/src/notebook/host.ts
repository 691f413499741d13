/** What shows things in the place the code runs in: this project's kernel, plain tslab, Deno's kernel, a terminal or a page. */
import type { Language, StoreSidecar } from "../note/index.js";
import type { KernelComms } from "./kernel-comms.js";

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
  /** What keeps large weights beside the notebook; only where there is a notebook. */
  readonly storeSidecar: ((options: SidecarOptions) => StoreSidecar) | undefined;
  display(bundle: Bundle, options?: DisplayOptions): void;
  /** A terminal only: writes over the last line, until the last text. */
  writeLine?(text: string, isLast: boolean): void;
}

/** What of weights goes beside the notebook. */
export interface SidecarOptions {
  /** Weights that would take more bytes than this inside the notebook. */
  readonly sidecarThreshold?: number | undefined;
  /** Names the picture, if another of the same id will replace it. */
  readonly id?: string | undefined;
}

/** The folder of the notebook that is run. */
export interface NotebookFolder {
  /** The notebook's name without its ending, and the running cell's id, where they are known. */
  readonly notebook: string | undefined;
  readonly cell: string | undefined;
  /** What `HEED_SIDECAR_THRESHOLD` of the environment says. */
  readonly sidecarThreshold: number | undefined;
  /** In hexadecimal. */
  sha256(bytes: Uint8Array): string;
  /** Writes a file at once or not at all; one of the same name is replaced. */
  write(file: SidecarFile): void;
}

/** A file whose beginning and name depend on the hash of what follows. */
export interface SidecarFile {
  readonly headerBytes: number;
  readonly data: Iterable<Uint8Array>;
  /** Called when all data is written, with its SHA-256 in hexadecimal. */
  finish(sha256: string): { readonly name: string; readonly header: Uint8Array };
}

/**
 * What the kernel puts at `globalThis[Symbol.for("heed.host")]`; the kernel's side is kernel/host.mjs.
 * It is an interface between programs of different versions: change it only by adding to it.
 */
export interface KernelHost {
  readonly version: 1;
  /** The cell that the running code belongs to; absent before the first. */
  readonly cell: KernelCell | undefined;
  display(bundle: Bundle, options?: DisplayOptions): void;
  /** Takes away what the cell has shown so far; with `wait` when the next output comes, so that nothing flickers. */
  clearOutput?(wait?: boolean): void;
  /** Shows something for reading only: it is no output of the cell, and not stored. */
  page?(bundle: Bundle): void;
  /** Asks the person for a line of text, and stands still until it is there. */
  ask?(prompt?: string, options?: { readonly password?: boolean }): string;
  /** Lines to code in the page. */
  readonly comms?: KernelComms;
}

/** A run of a cell. */
export interface KernelCell {
  /** The cell's id in the notebook, where the client tells it. */
  readonly id: string | undefined;
  /** The number shown beside the cell. */
  readonly count: number;
  /** Aborted when the person interrupts this run. */
  readonly signal: AbortSignal;
  /** Takes note of work that ends by itself soon after the signal is aborted: an interrupt does not lose what it returns. */
  letFinish?(work: Promise<unknown>): void;
}

/** The global symbol of {@link KernelHost}. */
export const kernelHostSymbol: unique symbol = Symbol.for("heed.host") as never;

/** The host of this project's kernel, if that is what the code runs in. */
export function findKernelHost(
  language: Language,
  storeOf?: (run: unknown, cell: string | undefined) => Host["storeSidecar"],
): Host | undefined {
  const kernel = (globalThis as { [kernelHostSymbol]?: KernelHost })[kernelHostSymbol];
  if (kernel === undefined) return undefined;
  return {
    kind: "heed",
    language,
    run: kernel.cell,
    signal: kernel.cell?.signal,
    storeSidecar: storeOf?.(kernel.cell, kernel.cell?.id),
    display: (bundle, options) => kernel.display(bundle, options),
  };
}
