/**
 * `setImmediate` in a form that the ending of running code cannot break.
 *
 * Node goes through its immediates in one loop of JavaScript. Code that is ended there (control-thread.mjs) takes with it those that stand
 * behind it, and leaves a list that Node stumbles over from then on. So Node's own immediate only sends a message for each callback, and the
 * callback runs when that arrives: a call of its own, which ends alone. As before, all else that waits has its turn in between.
 */
import { AsyncResource } from "node:async_hooks";
import Module from "node:module";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";
import { MessageChannel } from "node:worker_threads";

const native = { setImmediate: timers.setImmediate, clearImmediate: timers.clearImmediate };
const { port1: sender, port2: receiver } = new MessageChannel();

/** What the code was promised for the next turn, in order. */
/** @type {Immediate[]} */
const due = [];
let scheduled = 0;

function schedule() {
  scheduled += 1;
  if (scheduled > 1) return;
  native.setImmediate(() => {
    for (; scheduled > 0; scheduled -= 1) sender.postMessage(undefined);
  });
}

receiver.on("message", () => due.shift()?.run());
receiver.unref();

/** What `setImmediate` returns, with the methods of Node's. */
class Immediate extends AsyncResource {
  /** @type {(() => void) | undefined} */
  #call;
  #isRef = true;

  /** @param {() => void} call */
  constructor(call) {
    super("Immediate");
    this.#call = call;
  }

  run() {
    const call = this.#call;
    this.#call = undefined;
    if (call) this.runInAsyncScope(call);
  }

  clear() {
    this.#call = undefined;
  }

  ref() {
    this.#isRef = true;
    return this;
  }

  unref() {
    this.#isRef = false;
    return this;
  }

  hasRef() {
    return this.#isRef && this.#call !== undefined;
  }

  [Symbol.dispose]() {
    this.clear();
  }
}

/**
 * @param {(...values: unknown[]) => void} callback
 * @param {unknown[]} values
 */
export function setImmediate(callback, ...values) {
  if (typeof callback !== "function") native.setImmediate(callback); // throws Node's own error
  const immediate = new Immediate(() => callback(...values));
  due.push(immediate);
  schedule();
  return immediate;
}

/** @param {any} immediate */
function clearImmediate(immediate) {
  if (immediate instanceof Immediate) immediate.clear();
  else native.clearImmediate(immediate);
}

/**
 * The form that returns a promise, in `node:timers/promises`.
 * @template Value
 * @param {Value} [value]
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<Value | undefined>}
 */
function nextTurn(value, { signal } = {}) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new DOMException("The operation was aborted", "AbortError"));
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    setImmediate(() => {
      signal?.removeEventListener("abort", abort);
      resolve(value);
    });
  });
}

/** Gives this form to all code that runs from now on. */
export function installImmediates() {
  Object.defineProperty(setImmediate, promisify.custom, { value: nextTurn });
  for (const home of [globalThis, timers]) Object.assign(home, { setImmediate, clearImmediate });
  Object.assign(timersPromises, { setImmediate: nextTurn });
  Object.assign(timersPromises.scheduler, { yield: () => nextTurn() });
  Module.syncBuiltinESMExports();
}
