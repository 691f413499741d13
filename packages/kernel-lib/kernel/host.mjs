/** What code in a cell finds in the kernel: a display of several MIME types, its own cell, and waits that an interrupt ends. */
import { Cell } from "./cell.mjs";
import { redirectInheritedOutput } from "./child-output.mjs";

/** @import { KernelHost } from "../src/notebook/host.js" */

/** The name, in compiled cells, of the function that every `await` goes through; see runner.mjs. */
export const waitName = "__heedWait";

/**
 * Waits as `await value` does, or until the cell that the code belongs to is interrupted.
 * @param {unknown} value
 */
const wait = (value) => Cell.context.getStore()?.wait(value) ?? value;

/**
 * Iterates as `for await (… of items)` does, or until the cell is interrupted.
 * @param {any} items
 */
async function* waitForEach(items) {
  const iterator = items[Symbol.asyncIterator]?.() ?? items[Symbol.iterator]();
  let done = false;
  try {
    for (;;) {
      const next = /** @type {IteratorResult<unknown>} */ (await wait(iterator.next()));
      if (next.done) break;
      yield next.value;
    }
    done = true;
  } finally {
    if (!done) await iterator.return?.();
  }
}

/**
 * @param {{ readonly cell: Cell | undefined, readonly comms: import("./comms.mjs").Comms, readonly input: import("./input.mjs").Input }} kernel
 * @returns {KernelHost}
 */
export function installHost(kernel) {
  /** @param {string} caller */
  const cellFor = (caller) => {
    if (kernel.cell === undefined) throw new Error(`${caller}: no cell has run yet`);
    return kernel.cell;
  };
  /** @type {KernelHost} */
  const host = {
    version: 1,
    get cell() {
      return kernel.cell;
    },
    display: (bundle, options) => cellFor("display").display(bundle, options),
    clearOutput: (wait = false) => cellFor("clearOutput").publish("clear_output", { wait }),
    page: (bundle) => cellFor("page").page(bundle),
    ask: (prompt, options) => kernel.input.ask(prompt, options),
    comms: kernel.comms,
  };
  Object.defineProperty(globalThis, Symbol.for("heed.host"), { value: host });
  Object.defineProperty(globalThis, waitName, { value: Object.assign(wait, { each: waitForEach }) });
  const streams = redirectOutput(kernel);
  redirectInheritedOutput((name, chunk) => void streams[name](chunk));
  return host;
}

/**
 * Sends what is written to standard output and error beside the cell that writes it.
 * @param {{ readonly cell: Cell | undefined }} kernel
 */
function redirectOutput(kernel) {
  /** @param {"stdout" | "stderr"} name */
  const redirect = (name) => {
    const original = process[name].write.bind(process[name]);
    /** @type {(chunk: any, encoding?: any, callback?: any) => boolean} */
    const write = (chunk, encoding, callback) => {
      const { cell } = kernel;
      if (cell === undefined) return original(chunk, encoding, callback);
      cell.write(name, typeof chunk === "string" && Buffer.isEncoding(encoding) ? Buffer.from(chunk, encoding) : chunk);
      const written = typeof encoding === "function" ? encoding : callback;
      if (written) queueMicrotask(() => written());
      return true;
    };
    process[name].write = write;
    return write;
  };
  return { stdout: redirect("stdout"), stderr: redirect("stderr") };
}
