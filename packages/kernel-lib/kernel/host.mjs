/** What code in a cell finds in the kernel: a display of several MIME types, its own cell, and waits that an interrupt ends. */
import { Cell } from "./cell.mjs";

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
 * @param {{ readonly cell: Cell | undefined }} kernel
 * @returns {KernelHost}
 */
export function installHost(kernel) {
  /** @type {KernelHost} */
  const host = {
    version: 1,
    get cell() {
      return kernel.cell;
    },
    display: (bundle, options) => {
      if (kernel.cell === undefined) throw new Error("display: no cell has run yet");
      kernel.cell.display(bundle, options);
    },
  };
  Object.defineProperty(globalThis, Symbol.for("heed.host"), { value: host });
  Object.defineProperty(globalThis, waitName, { value: Object.assign(wait, { each: waitForEach }) });
  redirectOutput(kernel);
  return host;
}

/**
 * Sends what is written to standard output and error beside the cell that writes it.
 * @param {{ readonly cell: Cell | undefined }} kernel
 */
function redirectOutput(kernel) {
  for (const name of /** @type {const} */ (["stdout", "stderr"])) {
    const original = process[name].write.bind(process[name]);
    /** @param {any} chunk
     * @param {any} [encoding]
     * @param {any} [callback]
     */
    process[name].write = (chunk, encoding, callback) => {
      const { cell } = kernel;
      if (cell === undefined) return original(chunk, encoding, callback);
      cell.write(name, typeof chunk === "string" && Buffer.isEncoding(encoding) ? Buffer.from(chunk, encoding) : chunk);
      const written = typeof encoding === "function" ? encoding : callback;
      if (written) queueMicrotask(() => written());
      return true;
    };
  }
}
