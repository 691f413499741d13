/** The queue of cells: runs one after the other, and ends the one that runs. */
import { setTimeout as sleep } from "node:timers/promises";
import { Cell } from "./cell.mjs";
import { setImmediate } from "./immediates.mjs";
import { Ending, Interrupted, Interruption } from "./interruption.mjs";
import { describeError } from "./traceback.mjs";

/**
 * @import { Control } from "./control.mjs"
 * @import { History } from "./history.mjs"
 * @import { Runner } from "./runner.mjs"
 * @import { Message } from "./wire.mjs"
 * @typedef {(type: string, content: object) => void} Reply
 * @typedef {{ cell: Cell, end: (reason: Error) => void }} Running
 * @typedef {object} Parts what the queue needs of the kernel
 * @property {Control} control
 * @property {History} history
 * @property {(type: string, content: object, parent?: Message) => void} publish
 * @property {() => Promise<Runner>} load
 */

/** After a failed cell, requests sent together with it may still be on their way, in ms. */
const stragglers = 20;
/** How long an interrupted cell has to end by itself, with its `finally` blocks, in ms. */
const grace = 1000;

export class CellQueue {
  #parts;
  /** @type {{ request: Message, reply: Reply }[]} */
  #waiting = [];
  #isDraining = false;
  /** @type {Running | undefined} */
  #running;
  /** @type {Cell | undefined} */
  #last;
  #count = 0;
  /** @type {Runner | undefined} */
  #runner;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** The cell that runs. */
  get running() {
    return this.#running?.cell;
  }

  /** The cell that ran last; absent before the first. */
  get last() {
    return this.#last;
  }

  /**
   * @param {Message} request
   * @param {Reply} reply
   */
  add(request, reply) {
    this.#waiting.push({ request, reply });
    if (!this.#isDraining) void this.#drain();
  }

  async #drain() {
    this.#isDraining = true;
    const { publish } = this.#parts;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { request, reply } = next;
      publish("status", { execution_state: "busy" }, request);
      const { cell, content } = await this.#execute(request);
      // Who interrupts a cell wants those behind it stopped, also where the cell's code ended well.
      const hasStopped = content.status === "error" || cell.signal.aborted;
      if (hasStopped && request.content["stop_on_error"] !== false) await this.#abortWaiting();
      reply("execute_reply", content);
      publish("status", { execution_state: "idle" }, request);
    }
    this.#isDraining = false;
  }

  /** What was asked for together with a cell that failed is not run. Without a number: the cell keeps its empty brackets. */
  async #abortWaiting() {
    await sleep(stragglers);
    const { publish } = this.#parts;
    for (const { request, reply } of this.#waiting.splice(0)) {
      publish("status", { execution_state: "busy" }, request);
      reply("execute_reply", { status: "aborted" });
      publish("status", { execution_state: "idle" }, request);
    }
  }

  /**
   * @param {Message} request
   * @returns {Promise<{ cell: Cell, content: { status: "ok" | "error", [field: string]: unknown } }>} with the content of the reply
   */
  async #execute(request) {
    const { code, silent = false, store_history: stored = !silent, user_expressions: expressions = {} } = request.content;
    const { publish, control, history } = this.#parts;
    const isStored = stored && !silent;
    if (isStored) history.add((this.#count += 1), code);
    const cell = new Cell(request, this.#count, (type, content) => {
      if (!silent) publish(type, content, request);
      if (isStored && type === "execute_result") history.addOutput(cell.count, content);
    });
    /** @type {PromiseWithResolvers<never>} */
    const ended = Promise.withResolvers();
    this.#running = { cell, end: ended.reject };
    this.#last = cell;
    const execution_count = cell.count;
    cell.publish("execute_input", { code, execution_count });
    try {
      await Promise.race([this.#runApart(cell, code), ended.promise]);
      // Code that was told of an interrupt may have ended well. Here it comes at the end, after code that was too busy to hear.
      if (control.hear()) throw new Interrupted();
      // Rejections that nobody handled are told at the end of the turn: still beside this cell.
      await new Promise((resolve) => setImmediate(resolve));
      const user_expressions = await this.#evaluate(request, expressions);
      return { cell, content: { status: "ok", execution_count, user_expressions, payload: cell.payload } };
    } catch (error) {
      const isInterrupted = cell.signal.aborted || control.isInterrupted;
      const reason = isInterrupted && !(error instanceof Ending) ? new Interrupted() : error;
      const content = describeError(reason);
      cell.publish("error", content);
      return { cell, content: { status: "error", execution_count, ...content, user_expressions: {}, payload: [] } };
    } finally {
      cell.flush();
      this.#running = undefined;
      control.settle();
    }
  }

  /**
   * Runs a cell in a turn of the event loop of its own: when its code has to be ended, all else that the turn would have done is
   * lost with it.
   * @param {Cell} cell
   * @param {string} code
   */
  async #runApart(cell, code) {
    const runner = (this.#runner ??= await this.#parts.load());
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        // An interrupt heard before the code runs ends nothing once it does.
        if (cell.signal.aborted) reject(new Interrupted());
        else Cell.context.run(cell, () => void runner.run(cell, code).then(resolve, reject));
      });
    });
  }

  /**
   * What a client wants to know after a cell: the value of each expression, as it would be shown, or its error.
   * @param {Message} request
   * @param {Record<string, string>} expressions
   */
  async #evaluate(request, expressions) {
    /** @type {[string, object][]} */
    const results = [];
    for (const [name, code] of Object.entries(expressions)) {
      /** @type {object} */
      let result = { data: { "text/plain": "undefined" }, metadata: {} };
      const cell = new Cell(request, this.#count, (type, content) => {
        if (type === "execute_result") result = content;
      });
      try {
        await this.#runApart(cell, `(${code}\n)`);
        results.push([name, { status: "ok", .../** @type {{ data: object, metadata: object }} */ (result) }]);
      } catch (error) {
        results.push([name, { status: "error", ...describeError(error) }]);
      }
    }
    return Object.fromEntries(results);
  }

  /**
   * Interrupts the cell that runs; where none does, what earlier cells have left running.
   * @param {boolean} ended whether running code had to be ended: what it would have settled stays open
   */
  interrupt(ended) {
    const running = this.#running;
    if (running === undefined) {
      for (const one of Interruption.waiting) void one.interrupt();
      this.#parts.control.settle();
      return;
    }
    const { interruption } = running.cell;
    // Who asks again does not want to wait.
    if (ended || interruption.signal.aborted) this.#abandon(running);
    else void interruption.interrupt().then(() => setTimeout(() => this.#abandon(running), grace));
  }

  /** @param {Running} running */
  #abandon({ cell, end }) {
    cell.interruption.abandon();
    // What the code has to say to that comes first.
    setImmediate(() => end(new Interrupted()));
  }

  /**
   * Ends the cell that the running code belongs to, if it is the one that runs.
   * @param {Ending} reason
   */
  end(reason) {
    if (Cell.context.getStore() === this.running) this.endRunning(reason);
  }

  /**
   * Ends the cell that runs, and leaves its code where it is.
   * @param {Ending} reason
   */
  endRunning(reason) {
    this.running?.interruption.abandon();
    this.#running?.end(reason);
  }
}
