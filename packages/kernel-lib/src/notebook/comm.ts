/** Lines between code in a cell and code in the page: Jupyter's comms, which widgets are made of. */
import { kernelHostSymbol, type KernelHost } from "./host.js";

/** What goes with the data of a message. */
export interface CommExtras {
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Binary data, sent as it is. */
  readonly buffers?: readonly Uint8Array[];
}

/** What came through a comm. */
export interface CommMessage {
  // What a message holds is a matter of those who send it; each target says what it takes.
  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  readonly data: Readonly<Record<string, any>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

/** One end of a line to the page. */
export interface Comm {
  readonly id: string;
  /** The name of what is at the other end, for example `jupyter.widget`. */
  readonly target: string;
  /** Called with each message from the page. */
  onMessage: ((message: CommMessage) => void) | undefined;
  /** Called when the page closes the line. */
  onClose: ((message: CommMessage) => void) | undefined;
  /** @throws Error when the comm is closed */
  send(data?: object, extras?: CommExtras): void;
  close(data?: object, extras?: CommExtras): void;
}

/** The kernel's side; see {@link KernelHost}. */
export interface KernelComms {
  register(target: string, open: (comm: Comm, message: CommMessage) => void): void;
  unregister(target: string): void;
  open(target: string, data?: object, extras?: CommExtras & { readonly id?: string }): Comm;
}

/**
 * Opens a line to code in the page that has registered the target, such as a widget manager (`jupyter.widget`).
 *
 * @param target the name under which the page knows it
 * @param data what it needs to begin
 * @throws Error outside of this project's kernel, where there is no page
 * @example
 * ```ts
 * import { openComm } from "heed";
 * const inNotebook = Symbol.for("heed.host") in globalThis;
 * if (inNotebook) openComm("my-extension", { count: 3 }).onMessage = ({ data }) => console.log(data);
 * ```
 */
export const openComm = (target: string, data: object = {}, extras: CommExtras & { readonly id?: string } = {}): Comm =>
  commsOf("openComm").open(target, data, extras);

/**
 * Takes the lines that code in the page opens to this target; a later call for the same target replaces the earlier one.
 *
 * @param open called with each new comm and the message that opened it; set the comm's `onMessage` in it
 * @returns a function that ends this; comms that are open stay so
 * @throws Error outside of this project's kernel, where there is no page
 * @example
 * ```ts
 * import { registerCommTarget } from "heed";
 * const inNotebook = Symbol.for("heed.host") in globalThis;
 * if (inNotebook) registerCommTarget("echo", (comm) => (comm.onMessage = ({ data }) => comm.send(data)));
 * ```
 */
export function registerCommTarget(target: string, open: (comm: Comm, message: CommMessage) => void): () => void {
  const comms = commsOf("registerCommTarget");
  comms.register(target, open);
  return () => comms.unregister(target);
}

function commsOf(caller: string): KernelComms {
  const kernel = (globalThis as { [kernelHostSymbol]?: KernelHost })[kernelHostSymbol];
  if (kernel?.comms) return kernel.comms;
  throw new Error(`${caller}: expected to run in a notebook of the TypeScript (Heed) kernel; there is no page to talk to`);
}
