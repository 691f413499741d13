/** The kernel: its sockets, the queue of cells, and statuses that say what is true. */
import { setTimeout as sleep } from "node:timers/promises";
import * as zmq from "zeromq";
import { answers } from "./answers.mjs";
import { Cell, Interrupted } from "./cell.mjs";
import { Control } from "./control.mjs";
import { installHost } from "./host.mjs";
import { describeError } from "./traceback.mjs";
import { addressOf, readMessage, writeMessage } from "./wire.mjs";

/**
 * @import { Connection, Message } from "./wire.mjs"
 * @import { Runner } from "./runner.mjs"
 * @typedef {(type: string, content: object) => void} Reply
 */

/** After a failed cell, requests sent together with it may still be on their way, in ms. */
const stragglers = 20;
/** How long an interrupted cell has to end by itself, with its `finally` blocks, in ms. */
const grace = 1000;

/** No limit and no wait: text of a loop that never yields is kept, not dropped. */
const lossless = { sendHighWaterMark: 0, sendTimeout: 0 };

export class Kernel {
  #connection;
  #shell = new zmq.Router(lossless);
  #iopub = new zmq.Publisher(lossless);
  #stdin = new zmq.Router();
  /** @type {Control} */
  #control;
  /** @type {Promise<Runner> | undefined} */
  #loading;
  /** @type {Runner | undefined} */
  #loaded;
  /** @type {{ request: Message, reply: Reply }[]} */
  #queue = [];
  #isDraining = false;
  /** @type {{ cell: Cell, abandon: () => void } | undefined} */
  #running;
  /** @type {Cell | undefined} */
  #last;
  #count = 0;
  #host = installHost(this);

  /** @param {Connection} connection */
  constructor(connection) {
    this.#connection = connection;
    this.#control = new Control(connection, {
      onInterrupt: (ended) => this.#interrupt(ended),
      onShutdown: () => this.#shutDown(),
      onMessage: (frames, send) => this.#receive(frames, send),
    });
  }

  /** The cell that the running code belongs to: the one that started it, also in timers and after an `await`. */
  get cell() {
    return Cell.context.getStore() ?? this.#running?.cell ?? this.#last;
  }

  /** Loads tslab and TypeScript, once the sockets are there: that takes most of the start. */
  #load() {
    this.#loading ??= this.#control.protect(async () => {
      const { Runner } = await import("./runner.mjs");
      return (this.#loaded = new Runner(this.#host, (work) => this.#control.protect(work)));
    });
    return this.#loading;
  }

  async start() {
    const { shell_port, iopub_port, stdin_port } = this.#connection;
    await Promise.all([
      this.#shell.bind(addressOf(this.#connection, shell_port)),
      this.#iopub.bind(addressOf(this.#connection, iopub_port)),
      this.#stdin.bind(addressOf(this.#connection, stdin_port)),
    ]);
    this.#listenForSigint();
    process.on("uncaughtException", (error) => this.#reportStray(error));
    process.on("unhandledRejection", (reason) => this.#reportStray(reason));
    this.#publish("status", { execution_state: "starting" });
    // Whoever waits for the kernel asks first what it is, and shall be answered before this.
    setTimeout(() => void this.#load(), 500);
    for await (const frames of this.#shell) this.#receive(frames, (reply) => void this.#shell.send(reply));
  }

  /**
   * Sends to every client.
   * @param {string} type
   * @param {object} content
   * @param {Message} [parent]
   */
  #publish(type, content, parent) {
    void this.#iopub.send(writeMessage(this.#connection.key, type, content, parent, [Buffer.from(type)]));
  }

  /**
   * @param {readonly Uint8Array[]} frames
   * @param {(frames: (string | Buffer)[]) => void} send
   */
  #receive(frames, send) {
    try {
      const request = readMessage(this.#connection.key, frames);
      /** @type {Reply} */
      const reply = (type, content) => send(writeMessage(this.#connection.key, type, content, request, request.identities));
      if (request.header.msg_type === "execute_request") {
        this.#queue.push({ request, reply });
        if (!this.#isDraining) void this.#drain();
      } else {
        void this.#answer(request, reply);
      }
    } catch (error) {
      this.#reportStray(error);
    }
  }

  /**
   * Answers everything but cells at once, also while a cell waits.
   * @param {Message} request
   * @param {Reply} reply
   */
  async #answer(request, reply) {
    this.#publish("status", { execution_state: "busy" }, request);
    const type = request.header.msg_type;
    try {
      if (type === "shutdown_request") {
        reply("shutdown_reply", { status: "ok", restart: request.content["restart"] === true });
        setTimeout(() => this.#shutDown(), 10);
      } else if (type === "comm_open") {
        // No comm target is known here; the protocol says to close it again.
        this.#publish("comm_close", { comm_id: request.content["comm_id"], data: {} }, request);
      } else if (type.endsWith("_request")) {
        reply(type.replace(/request$/, "reply"), answers[type] ?? (await this.#load()).answer(type, request.content));
        setImmediate(() => void this.#load());
      }
    } catch (error) {
      reply(type.replace(/request$/, "reply"), { status: "error", ...describeError(error) });
    } finally {
      this.#publish("status", { execution_state: "idle" }, request);
      // Clients take the last status for the kernel's; a cell still runs.
      if (this.#running) this.#publish("status", { execution_state: "busy" }, this.#running.cell.request);
    }
  }

  /** Runs the cells of the queue, one after the other. */
  async #drain() {
    this.#isDraining = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const { request, reply } = next;
      this.#publish("status", { execution_state: "busy" }, request);
      const outcome = await this.#execute(request);
      if (outcome.status === "error" && request.content["stop_on_error"] !== false) await this.#abortQueue();
      reply("execute_reply", outcome);
      this.#publish("status", { execution_state: "idle" }, request);
    }
    this.#isDraining = false;
  }

  /**
   * @param {Message} request
   * @returns {Promise<{ status: "ok" | "error", [field: string]: unknown }>} the content of the reply
   */
  async #execute(request) {
    const { code, silent = false } = request.content;
    if (!silent) this.#count += 1;
    const cell = new Cell(request, this.#count, (type, content) => silent || this.#publish(type, content, request));
    /** @type {PromiseWithResolvers<never>} */
    const abandoned = Promise.withResolvers();
    this.#running = { cell, abandon: () => abandoned.reject(new Interrupted()) };
    this.#last = cell;
    const execution_count = cell.count;
    cell.publish("execute_input", { code, execution_count });
    try {
      await Promise.race([this.#runApart(cell, code), abandoned.promise]);
      // Rejections that nobody handled are told at the end of the turn: still beside this cell.
      await new Promise((resolve) => setImmediate(resolve));
      return { status: "ok", execution_count, user_expressions: {}, payload: [] };
    } catch (error) {
      const content = describeError(cell.signal.aborted ? new Interrupted() : error, this.#loaded?.places);
      cell.publish("error", content);
      return { status: "error", execution_count, ...content };
    } finally {
      cell.flush();
      this.#running = undefined;
    }
  }

  /**
   * Runs a cell in a turn of the event loop of its own: when its code has to be ended, all else that the turn would have done is
   * lost with it.
   * @param {Cell} cell
   * @param {string} code
   */
  async #runApart(cell, code) {
    const runner = await this.#load();
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        // An interrupt heard before the code runs ends nothing once it does.
        if (cell.signal.aborted) reject(new Interrupted());
        else Cell.context.run(cell, () => void runner.run(cell, code).then(resolve, reject));
      });
    });
  }

  /** What was asked for together with a cell that failed is not run. */
  async #abortQueue() {
    await sleep(stragglers);
    for (const { request, reply } of this.#queue.splice(0)) {
      this.#publish("status", { execution_state: "busy" }, request);
      reply("execute_reply", { status: "aborted", execution_count: this.#count });
      this.#publish("status", { execution_state: "idle" }, request);
    }
  }

  /** @param {boolean} ended whether running code had to be ended: what it would have settled stays open */
  #interrupt(ended) {
    const running = this.#running;
    if (ended) this.#listenForSigint();
    if (!running) return;
    running.cell.interrupt();
    setTimeout(() => running === this.#running && running.abandon(), ended ? 0 : grace);
  }

  /** Also heard as a signal; `vm` takes the listeners away while it runs code, and does not bring them back when that is ended. */
  #listenForSigint() {
    process.removeAllListeners("SIGINT");
    process.on("SIGINT", () => this.#interrupt(false));
  }

  /**
   * An error that no cell waits for is told beside the cell it came from and ends nothing.
   * @param {unknown} error
   */
  #reportStray(error) {
    if (error instanceof Interrupted) return;
    const text = `${describeError(error, this.#loaded?.places).traceback.join("\n")}\n`;
    if (this.cell) this.cell.write("stderr", text);
    else console.error(text);
  }

  #shutDown() {
    this.#last?.flush();
    this.#loaded?.close();
    for (const socket of [this.#shell, this.#iopub, this.#stdin]) socket.close();
    // The sockets hand over what was sent last.
    setTimeout(() => process.exit(0), 50);
  }
}
