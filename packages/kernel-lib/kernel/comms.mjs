/** Comms: named lines between code in a cell and code in the page, such as a widget's. https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages */
import { AsyncResource } from "node:async_hooks";
import { randomUUID } from "node:crypto";

/**
 * @import { Comm, CommExtras, CommMessage, KernelComms } from "../src/notebook/kernel-comms.js"
 * @import { Message } from "./wire.mjs"
 * @typedef {(type: string, content: object, extras?: CommExtras) => void} Publish
 */

/** One end of a line. @implements {Comm} */
class Line {
  #publish;
  #forget;
  #isOpen = true;
  /** @type {((message: CommMessage) => void) | undefined} */
  #onMessage;
  /** @type {((message: CommMessage) => void) | undefined} */
  #onClose;

  /**
   * @param {string} id
   * @param {string} target
   * @param {Publish} publish
   * @param {() => void} forget
   */
  constructor(id, target, publish, forget) {
    this.id = id;
    this.target = target;
    this.#publish = publish;
    this.#forget = forget;
  }

  /** What the code writes when it is called goes beside the cell that set it. */
  set onMessage(/** @type {((message: CommMessage) => void) | undefined} */ call) {
    this.#onMessage = call && AsyncResource.bind(call);
  }

  get onMessage() {
    return this.#onMessage;
  }

  set onClose(/** @type {((message: CommMessage) => void) | undefined} */ call) {
    this.#onClose = call && AsyncResource.bind(call);
  }

  get onClose() {
    return this.#onClose;
  }

  /**
   * @param {object} [data]
   * @param {CommExtras} [extras]
   */
  send(data = {}, extras) {
    if (!this.#isOpen) throw new Error(`send: the comm ${this.target} is closed`);
    this.#publish("comm_msg", { comm_id: this.id, data }, extras);
  }

  /**
   * @param {object} [data]
   * @param {CommExtras} [extras]
   */
  close(data = {}, extras) {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#forget();
    this.#publish("comm_close", { comm_id: this.id, data }, extras);
  }

  /** The other end has closed it. */
  end() {
    this.#isOpen = false;
    this.#forget();
  }
}

/** @implements {KernelComms} */
export class Comms {
  #publish;
  /** @type {Map<string, (comm: Comm, message: CommMessage) => void>} */
  #targets = new Map();
  /** @type {Map<string, Line>} */
  #lines = new Map();

  /** @param {Publish} publish */
  constructor(publish) {
    this.#publish = publish;
  }

  /**
   * @param {string} target
   * @param {(comm: Comm, message: CommMessage) => void} open
   */
  register(target, open) {
    this.#targets.set(target, AsyncResource.bind(open));
  }

  /** @param {string} target */
  unregister(target) {
    this.#targets.delete(target);
  }

  /**
   * @param {string} target
   * @param {object} [data]
   * @param {CommExtras & { id?: string }} [extras]
   * @returns {Comm}
   */
  open(target, data = {}, { id = randomUUID(), ...extras } = {}) {
    const line = this.#add(id, target);
    this.#publish("comm_open", { comm_id: id, target_name: target, data }, extras);
    return line;
  }

  /**
   * @param {string} id
   * @param {string} target
   */
  #add(id, target) {
    const line = new Line(id, target, this.#publish, () => this.#lines.delete(id));
    this.#lines.set(id, line);
    return line;
  }

  /**
   * Takes a message of the front end.
   * @param {Message} request
   */
  receive({ header, content, metadata, buffers }) {
    const { comm_id: id, target_name: target, data = {} } = content;
    const message = { data, metadata, buffers };
    const line = this.#lines.get(id);
    if (header.msg_type === "comm_open") {
      const open = this.#targets.get(target);
      // The protocol says to close again what nobody knows.
      if (open === undefined) return this.#publish("comm_close", { comm_id: id, data: {} });
      open(this.#add(id, target), message);
    } else if (header.msg_type === "comm_msg") {
      line?.onMessage?.(message);
    } else if (line) {
      line.end();
      line.onClose?.(message);
    }
  }

  /**
   * Answers a `comm_info_request`.
   * @param {{ target_name?: string }} request
   */
  answer({ target_name: wanted }) {
    const lines = [...this.#lines].filter(([, { target }]) => wanted === undefined || target === wanted);
    return { status: "ok", comms: Object.fromEntries(lines.map(([id, { target }]) => [id, { target_name: target }])) };
  }
}
