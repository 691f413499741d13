/** The kernel: its sockets, what it answers, and statuses that say what is true. */
import * as zmq from "zeromq";
import { answers } from "./answers.mjs";
import { Cell } from "./cell.mjs";
import { CellQueue } from "./cell-queue.mjs";
import { Comms } from "./comms.mjs";
import { Control } from "./control.mjs";
import { History } from "./history.mjs";
import { installHost } from "./host.mjs";
import { installImmediates, setImmediate } from "./immediates.mjs";
import { Input } from "./input.mjs";
import { Interrupted, Interruption } from "./interruption.mjs";
import { installMemoryGuard } from "./memory-guard.mjs";
import { protectNativeRuns } from "./native-runs.mjs";
import { exitKernel, keepFromExiting } from "./process-exit.mjs";
import { describeError } from "./traceback.mjs";
import { addressOf, readMessage, writeMessage } from "./wire.mjs";

/**
 * @import { CommExtras } from "../src/notebook/kernel-comms.js"
 * @import { Connection, Message } from "./wire.mjs"
 * @import { Runner } from "./runner.mjs"
 * @import { Reply } from "./cell-queue.mjs"
 */

/** No limit and no wait: text of a loop that never yields is kept, not dropped. */
const lossless = { sendHighWaterMark: 0, sendTimeout: 0 };

export class Kernel {
  #connection;
  #shell = new zmq.Router(lossless);
  #iopub = new zmq.XPublisher({ ...lossless, verbosity: "allSubs" });
  /** @type {Control} */
  #control;
  /** @type {Promise<Runner> | undefined} */
  #loading;
  /** @type {Runner | undefined} */
  #loaded;
  #history = new History();
  #queue;
  #host;
  comms = new Comms((type, content, extras) => this.#publish(type, content, this.cell?.request, extras));
  input;

  /** @param {Connection} connection */
  constructor(connection) {
    this.#connection = connection;
    this.#control = new Control(connection, {
      onInterrupt: (ended) => this.#interrupt(ended),
      onTermination: () => this.#interrupt(true),
      onShutdown: () => void this.#shutDown(),
      onMessage: (frames, send) => this.#receive(frames, send),
    });
    Interruption.hear = () => void this.#control.hear();
    this.#queue = new CellQueue({
      control: this.#control,
      history: this.#history,
      publish: (type, content, parent) => this.#publish(type, content, parent),
      load: () => this.#load(),
    });
    this.input = new Input(this, this.#control, connection.key);
    this.#host = installHost(this);
    installImmediates();
    this.input.install();
    protectNativeRuns((work) => this.#control.protect(work));
    installMemoryGuard({ mayEnd: () => this.#control.mayEnd(), end: (reason) => this.#queue.endRunning(reason) });
    keepFromExiting((reason) => this.#queue.end(reason));
  }

  /** The cell that the running code belongs to: the one that started it, also in timers and after an `await`. */
  get cell() {
    return Cell.context.getStore() ?? this.#queue.running ?? this.#queue.last;
  }

  /** Loads TypeScript, once the sockets are there: that takes most of the start. */
  #load() {
    this.#loading ??= this.#control.protect(async () => {
      const { Runner } = await import("./runner.mjs");
      return (this.#loaded = new Runner(this.#host, (work) => this.#control.protect(work)));
    });
    return this.#loading;
  }

  async start() {
    const { shell_port, iopub_port } = this.#connection;
    await Promise.all([
      this.#shell.bind(addressOf(this.#connection, shell_port)),
      this.#iopub.bind(addressOf(this.#connection, iopub_port)),
    ]);
    this.#listenForSigint();
    process.on("uncaughtException", (error) => this.#reportStray(error));
    process.on("unhandledRejection", (reason) => this.#reportStray(reason));
    this.#publish("status", { execution_state: "starting" });
    void this.#welcome();
    // Whoever waits for the kernel asks first what it is, and shall be answered before this.
    setTimeout(() => void this.#load(), 500);
    for await (const frames of this.#shell) this.#receive(frames, (reply) => void this.#shell.send(reply));
  }

  /** Tells each new subscriber that it is heard from now on. https://jupyter.org/enhancement-proposals/65-jupyter-xpub/jupyter-xpub.html */
  async #welcome() {
    for await (const [frame] of this.#iopub) {
      if (frame?.[0] !== 1) continue;
      const topic = Buffer.from(frame.subarray(1));
      void this.#iopub.send(
        writeMessage(this.#connection.key, "iopub_welcome", { subscription: topic.toString() }, undefined, [topic]),
      );
    }
  }

  /**
   * Sends to every client.
   * @param {string} type
   * @param {object} content
   * @param {Message} [parent]
   * @param {CommExtras} [extras]
   */
  #publish(type, content, parent, extras) {
    void this.#iopub.send(writeMessage(this.#connection.key, type, content, parent, [Buffer.from(type)], extras));
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
      if (request.header.msg_type === "execute_request") this.#queue.add(request, reply);
      else void this.#answer(request, reply);
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
    const replyType = type.replace(/request$/, "reply");
    try {
      if (type === "shutdown_request") {
        reply(replyType, { status: "ok", restart: request.content["restart"] === true });
        setTimeout(() => void this.#shutDown(), 10);
      } else if (type.startsWith("comm_") && !type.endsWith("_request")) {
        this.comms.receive(request);
      } else if (type.endsWith("_request")) {
        reply(replyType, await this.#contentFor(type, request.content));
        setImmediate(() => void this.#load());
      }
    } catch (error) {
      if (type.endsWith("_request")) reply(replyType, { status: "error", ...describeError(error) });
      else this.#reportStray(error);
    } finally {
      this.#publish("status", { execution_state: "idle" }, request);
      // Clients take the last status for the kernel's; a cell still runs.
      if (this.#queue.running) this.#publish("status", { execution_state: "busy" }, this.#queue.running.request);
    }
  }

  /**
   * @param {string} type
   * @param {any} content
   */
  async #contentFor(type, content) {
    if (type === "comm_info_request") return this.comms.answer(content);
    if (type === "history_request") return this.#history.answer(content);
    return answers[type] ?? (await this.#load()).answer(type, content);
  }

  /** @param {boolean} ended whether running code had to be ended */
  #interrupt(ended) {
    if (ended) this.#listenForSigint();
    this.#queue.interrupt(ended);
  }

  /** Also heard as a signal; `vm` takes the listeners away while it runs code, and does not bring them back when that is ended. */
  #listenForSigint() {
    process.removeAllListeners("SIGINT");
    process.on("SIGINT", () => this.#control.interrupt());
  }

  /**
   * An error that no cell waits for is told beside the cell it came from and ends nothing.
   * @param {unknown} error
   */
  #reportStray(error) {
    if (error instanceof Interrupted) return;
    const text = `${describeError(error).traceback.join("\n")}\n`;
    if (this.cell) this.cell.write("stderr", text);
    else console.error(text);
  }

  async #shutDown() {
    this.#queue.last?.flush();
    this.#loaded?.close();
    await this.#history.close();
    for (const socket of [this.#shell, this.#iopub]) socket.close();
    await this.#control.close();
    // The sockets hand over what was sent last.
    setTimeout(() => exitKernel(0), 50);
  }
}
