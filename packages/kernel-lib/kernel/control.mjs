/** The main thread's side of the control thread. */
import { Worker } from "node:worker_threads";
import { flag, flagCount } from "./control-flags.mjs";

/** Without this flag Node takes the ending of running code for a fault of its own and aborts the process. */
const terminationFlag = "--no-force-async-hooks-checks";

export class Control {
  #flags = new Int32Array(new SharedArrayBuffer(4 * flagCount));
  #worker;

  /**
   * @param {import("./wire.mjs").Connection} connection
   * @param {object} handlers
   * @param {(ended: boolean) => void} handlers.onInterrupt `ended`: running code was ended
   * @param {() => void} handlers.onShutdown
   * @param {(frames: Uint8Array[], send: (frames: (string | Buffer)[]) => void) => void} handlers.onMessage any other request
   */
  constructor(connection, { onInterrupt, onShutdown, onMessage }) {
    const mayTerminate = process.execArgv.includes(terminationFlag);
    this.#worker = new Worker(new URL("./control-thread.mjs", import.meta.url), {
      workerData: { connection, shared: this.#flags.buffer, mayTerminate },
    });
    this.#worker.on("message", ({ interrupt, shutdown, frames }) => {
      if (interrupt !== undefined) {
        Atomics.store(this.#flags, flag.heard, interrupt);
        onInterrupt(Atomics.load(this.#flags, flag.terminated) >= interrupt);
      } else if (shutdown) {
        onShutdown();
      } else {
        onMessage(frames, (reply) => this.#worker.postMessage(reply));
      }
    });
    this.#worker.on("error", (error) => {
      console.error(error);
      process.exit(1);
    });
  }

  /**
   * Does work that must not be ended half-way.
   * @template Result
   * @param {() => Result} work
   * @returns {Result}
   */
  protect(work) {
    Atomics.add(this.#flags, flag.protected, 1);
    const release = () => void Atomics.sub(this.#flags, flag.protected, 1);
    let pending = false;
    try {
      const result = work();
      pending = result instanceof Promise;
      if (result instanceof Promise) result.then(release, release);
      return result;
    } finally {
      if (!pending) release();
    }
  }
}
