/** What `import … from "tslab"` gives in this kernel: tslab's public module (https://github.com/yunabe/tslab), for cells written for tslab. */
import { randomUUID } from "node:crypto";
import typescript from "typescript/package.json" with { type: "json" };
import own from "./package.json" with { type: "json" };

/** @import { KernelHost } from "../src/notebook/host.js" */

/** The versions of what runs the cells. */
export const versions = { tslab: own.version, typescript: typescript.version, node: process.version };

/** Shows contents beside the running cell. */
export class Display {
  #id;
  #isShown = false;

  /** @param {string} [id] every content replaces the one before */
  constructor(id) {
    this.#id = id;
  }

  /** @param {string} text */
  javascript(text) {
    this.raw("text/javascript", text);
  }

  /** @param {string} text */
  html(text) {
    this.raw("text/html", text);
  }

  /** @param {string} text */
  markdown(text) {
    this.raw("text/markdown", text);
  }

  /** @param {string} text */
  latex(text) {
    this.raw("text/latex", text);
  }

  /** @param {string} text */
  svg(text) {
    this.raw("image/svg+xml", text);
  }

  /** @param {Uint8Array} bytes */
  png(bytes) {
    this.raw("image/png", bytes);
  }

  /** @param {Uint8Array} bytes */
  jpeg(bytes) {
    this.raw("image/jpeg", bytes);
  }

  /** @param {Uint8Array} bytes */
  gif(bytes) {
    this.raw("image/gif", bytes);
  }

  /** @param {Uint8Array} bytes */
  pdf(bytes) {
    this.raw("application/pdf", bytes);
  }

  /** @param {string} text */
  text(text) {
    this.raw("text/plain", text);
  }

  /**
   * @param {string} contentType a MIME type
   * @param {string | Uint8Array} content
   */
  raw(contentType, content) {
    /** @type {KernelHost} */
    const host = /** @type {any} */ (globalThis)[Symbol.for("heed.host")];
    const replacing = this.#id === undefined ? {} : { displayId: this.#id, update: this.#isShown };
    this.#isShown = true;
    host.display({ [contentType]: content }, replacing);
  }
}

/** Shows rich contents in the notebook. */
export const display = new Display();

/** A display of its own, whose contents replace one another. */
export const newDisplay = () => new Display(randomUUID());
