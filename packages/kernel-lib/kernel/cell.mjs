/** A run of a cell: the request, its outputs, and how it is interrupted. */
import { AsyncLocalStorage } from "node:async_hooks";
import { StringDecoder } from "node:string_decoder";
import { Interruption } from "./interruption.mjs";

/** @import { Bundle, DisplayOptions } from "../src/notebook/host.js" */
/** @import { Message } from "./wire.mjs" */

/** How long text may wait for more text, in ms; JupyterLab's server drops messages above 1,000 a second. */
const patience = 40;

export class Cell {
  /** Which cell the running code belongs to, also after an `await` and in timers. */
  static context = /** @type {AsyncLocalStorage<Cell>} */ (new AsyncLocalStorage());

  #publish;
  #text = "";
  #textName = "";
  #textSince = 0;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  /** How it is interrupted. */
  interruption = new Interruption();

  /**
   * @param {Message} request
   * @param {number} count the number shown beside the cell
   * @param {(type: string, content: object) => void} publish sends to every client
   */
  constructor(request, count, publish) {
    this.request = request;
    this.count = count;
    this.#publish = publish;
    /** What the reply carries for the client to show beside the outputs. @type {object[]} */
    this.payload = [];
    /** @type {unknown} the value of the last expression */
    this.value = undefined;
    /** @type {unknown} what the code threw */
    this.failure = undefined;
  }

  /** The cell's id in the notebook, where the client tells it. */
  get id() {
    const { cellId } = this.request.metadata;
    return typeof cellId === "string" ? cellId : undefined;
  }

  /** Aborted when the cell is interrupted. */
  get signal() {
    return this.interruption.signal;
  }

  /**
   * Sends a message, after the text that came before it.
   * @param {string} type
   * @param {object} content
   */
  publish(type, content) {
    this.flush();
    this.#publish(type, content);
  }

  /**
   * Takes text for stdout or stderr. Lines that come close together go out in one message.
   * @param {"stdout" | "stderr"} name
   * @param {string | Uint8Array} chunk
   */
  write(name, chunk) {
    const text = typeof chunk === "string" ? chunk : this.#decoders[name].write(Buffer.from(chunk));
    if (this.#textName !== name) this.flush();
    if (this.#text === "") this.#textSince = performance.now();
    this.#textName = name;
    this.#text += text;
    // In a loop that never yields no timer fires.
    if (performance.now() - this.#textSince > patience || this.#text.length > 100_000) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), patience);
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#text === "") return;
    const content = { name: this.#textName, text: this.#text };
    this.#text = "";
    this.#publish("stream", content);
  }

  /**
   * Shows a bundle of one thing in several MIME types.
   * @param {Bundle} data
   * @param {DisplayOptions} [options]
   */
  display(data, { displayId, update = false, metadata = {} } = {}) {
    if (update && displayId === undefined) throw new TypeError("display: expected a displayId to update");
    const transient = displayId === undefined ? {} : { display_id: displayId };
    this.publish(update ? "update_display_data" : "display_data", { data: forJson(data), metadata, transient });
  }

  /**
   * Shows something for reading only.
   * @param {Bundle} data
   */
  page(data) {
    this.payload.push({ source: "page", data: forJson(data), start: 0 });
  }

  /**
   * Shows the value of the cell's last expression.
   * @param {Bundle} data
   */
  result(data) {
    this.publish("execute_result", { execution_count: this.count, data: forJson(data), metadata: {} });
  }

  /**
   * Waits as `await value` does, or until the cell is interrupted.
   * @param {unknown} value
   * @returns {Promise<unknown>}
   */
  wait(value) {
    return this.interruption.wait(value);
  }

  /**
   * Takes note of work that ends by itself soon after the signal is aborted: an interrupt does not lose what it returns.
   * @param {Promise<unknown>} work
   */
  letFinish(work) {
    this.interruption.letFinish(work);
  }
}

/**
 * Bytes as base64, as Jupyter carries them.
 * @param {Bundle} data
 */
const forJson = (data) =>
  Object.fromEntries(
    Object.entries(data).map(([type, value]) => [
      type,
      value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") : value,
    ]),
  );
