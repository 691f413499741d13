/** The main thread's side of the control thread. */
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { flag, flagCount } from "./control-flags.mjs";
import { oldLimit } from "./memory-guard.mjs";
import { installEndCode } from "./end-code.mjs";

/** Without this flag Node takes the ending of running code for a fault of its own and aborts the process. */
const terminationFlag = "--no-force-async-hooks-checks";

export class Control {
  #flags = new Int32Array(new SharedArrayBuffer(4 * flagCount));
  #worker;
  #answers = new MessageChannel();
  #onInterrupt;
  /** How much is under way that must not be ended half-way: compiling, loading a module, running ONNX Runtime. */
  #protected = 0;
  /** Whether code was ended since this was last asked. */
  #ended = false;
  #terminations = 0;
  /** @type {((answer: string | undefined) => void) | undefined} */
  #answered;

  /**
   * @param {import("./wire.mjs").Connection} connection
   * @param {object} handlers
   * @param {(ended: boolean) => void} handlers.onInterrupt `ended`: running code was ended
   * @param {() => void} handlers.onTermination running code was ended, some time after the interrupt
   * @param {() => void} handlers.onShutdown
   * @param {(frames: Uint8Array[], send: (frames: (string | Buffer)[]) => void) => void} handlers.onMessage any other request
   */
  constructor(connection, { onInterrupt, onTermination, onShutdown, onMessage }) {
    this.#onInterrupt = onInterrupt;
    const mayTerminate = process.execArgv.includes(terminationFlag);
    installEndCode(
      (force) => this.isInterrupted && this.mayEnd(force),
      () => (this.#ended = true),
    );
    const { port1: answers, port2: toMain } = this.#answers;
    this.#worker = new Worker(new URL("./control-thread.mjs", import.meta.url), {
      workerData: { connection, shared: this.#flags.buffer, mayTerminate, heapLimit: oldLimit(), answers: toMain },
      transferList: [toMain],
    });
    answers.on("message", (answer) => this.#answered?.(answer));
    answers.unref();
    this.#worker.on("message", ({ interrupt, pulse, shutdown, frames }) => {
      if (interrupt !== undefined) {
        this.hear();
      } else if (pulse !== undefined) {
        Atomics.store(this.#flags, flag.pulse, pulse);
        if (!this.hear() && this.#hasTerminated()) onTermination();
      } else if (shutdown) {
        onShutdown();
      } else {
        onMessage(frames, (reply) => this.#worker.postMessage({ frames: reply }));
      }
    });
    this.#worker.on("error", (error) => {
      console.error(error);
      process.exit(1);
    });
  }

  /** Hears of an interrupt, if there is one; code that is busy can so be told before its turn is over. Returns whether there was. */
  hear() {
    const asked = Atomics.load(this.#flags, flag.asked);
    if (asked === Atomics.load(this.#flags, flag.heard)) return false;
    Atomics.store(this.#flags, flag.heard, asked);
    this.#onInterrupt(this.#hasTerminated());
    return true;
  }

  /** Whether the running code may be ended now. @param {boolean} force also what is protected */
  mayEnd(force = false) {
    return this.#protected === 0 || force;
  }

  #hasTerminated() {
    if (!this.#ended) return false;
    this.#ended = false;
    // What was protected may have been ended before it could say that it is over.
    this.#protected = 0;
    this.#terminations += 1;
    return true;
  }

  /** Whether an interrupt was asked for that is not dealt with yet; it may not have been heard. */
  get isInterrupted() {
    return Atomics.load(this.#flags, flag.asked) > Atomics.load(this.#flags, flag.settled);
  }

  /** Says that the cell has ended for which the interrupts heard so far were meant. */
  settle() {
    Atomics.store(this.#flags, flag.settled, Atomics.load(this.#flags, flag.heard));
  }

  /**
   * Does work that must not be ended half-way.
   * @template Result
   * @param {() => Result} work
   * @returns {Result}
   */
  protect(work) {
    const terminations = this.#terminations;
    this.#protected += 1;
    const release = () => {
      if (terminations === this.#terminations) this.#protected -= 1;
    };
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

  /**
   * Sends a question to the client's standard input and stands still until it is answered; undefined when an interrupt came instead.
   * @param {(string | Buffer)[]} question
   * @returns {string | undefined}
   */
  askNow(question) {
    Atomics.store(this.#flags, flag.input, 1);
    this.#worker.postMessage({ question });
    Atomics.wait(this.#flags, flag.input, 1);
    Atomics.store(this.#flags, flag.input, 0);
    return receiveMessageOnPort(this.#answers.port1)?.message;
  }

  /**
   * The same without standing still.
   * @param {(string | Buffer)[]} question
   * @returns {Promise<string | undefined>}
   */
  ask(question) {
    return new Promise((resolve) => {
      this.#answered = (answer) => {
        this.#answered = undefined;
        resolve(answer);
      };
      this.#worker.postMessage({ question });
    });
  }

  /** Interrupts as if a client had asked for it. */
  interrupt() {
    this.#worker.postMessage({ interrupt: true });
  }

  /** Ends the thread: its sockets must close before the process ends. */
  async close() {
    const ended = new Promise((resolve) => this.#worker.once("exit", resolve));
    this.#worker.postMessage({ close: true });
    await ended;
  }
}
