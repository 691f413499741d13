/** Lines between code in a cell and code in the page: Jupyter's comms, which widgets are made of. */
import { kernelHostSymbol, type KernelHost } from "./host.js";
import type { Comm, CommExtras, CommMessage, KernelComms } from "./kernel-comms.js";

/**
 * Opens a line to code in the page that has registered the target, such as a widget manager (`jupyter.widget`).
 *
 * @param target the name under which the page knows it
 * @param data what it needs to begin
 * @throws Error outside of this project's kernel, where there is no page
 * @example
 * ```ts
 * import { openComm } from "heed/program";
 * const inNotebook = Symbol.for("heed.host") in globalThis;
 * if (inNotebook) openComm("my-extension", { count: 3 }).onMessage = ({ data }) => console.log(data);
 * else console.log("nobody to talk to"); // nobody to talk to
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
 * import { registerCommTarget } from "heed/program";
 * const inNotebook = Symbol.for("heed.host") in globalThis;
 * if (inNotebook) registerCommTarget("echo", (comm) => (comm.onMessage = ({ data }) => comm.send(data)));
 * else console.log("nobody to talk to"); // nobody to talk to
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
