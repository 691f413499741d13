/** Runs a cell as Jupyter wants it: what its last value shows, and what TypeScript can answer without running anything. */
import { inspect } from "node:util";
import { judge } from "./language/judge.mjs";
import { complete } from "./language/completion.mjs";
import { explain } from "./language/explanation.mjs";
import { Session } from "./session.mjs";

/** @import { Cell } from "./cell.mjs" */

/** A value with a method of this name says itself how it is shown; Deno's kernel has the same rule. */
const displaySymbol = Symbol.for("Jupyter.display");

export class Runner {
  #session;

  /**
   * @param {import("../src/notebook/host.js").KernelHost} _host
   * @param {<Result>(work: () => Result) => Result} protect does work that an interrupt must not end half-way
   */
  constructor(_host, protect) {
    this.#session = new Session(process.cwd(), protect);
    this.#protect = protect;
  }

  #protect;

  /** Where lines of compiled cells come from. */
  get places() {
    return this.#session.places;
  }

  /**
   * Runs a cell and shows the value of its last expression; rejects with the error of a cell that fails.
   * @param {Cell} cell
   * @param {string} code
   */
  async run(cell, code) {
    const value = await this.#session.execute(code, cell.count, (promise) => /** @type {any} */ (cell.wait(promise)));
    if (value === undefined) return;
    const bundle = await describeValue(value);
    if (Object.keys(bundle).length > 0) cell.result(bundle);
  }

  /**
   * Answers a request that TypeScript can answer without running anything.
   * @param {string} type
   * @param {any} content
   * @returns {object}
   */
  answer(type, content) {
    const { language } = this.#session;
    switch (type) {
      case "is_complete_request":
        return judge(content.code);
      case "inspect_request":
        return this.#protect(() => explain(language, content.code, content.cursor_pos));
      case "complete_request":
        return this.#protect(() => complete(language, content.code, content.cursor_pos));
      default:
        throw new TypeError(`unknown request ${type}`);
    }
  }

  close() {}
}

/**
 * How a value is shown.
 * @param {any} value
 * @returns {Promise<import("../src/notebook/host.js").Bundle>}
 */
async function describeValue(value) {
  const describe = Object(value) === value ? value[displaySymbol] : undefined;
  if (typeof describe !== "function") return { "text/plain": inspect(value) };
  const bundle = await describe.call(value);
  if (typeof bundle !== "object" || bundle === null) {
    throw new TypeError(`Symbol.for("Jupyter.display"): expected an object of MIME types; got ${inspect(bundle)}`);
  }
  return bundle;
}
