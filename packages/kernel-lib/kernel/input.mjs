/** What the person types: `prompt`, `confirm`, `alert` as in a browser and in Deno, and `process.stdin`. */
import { Readable } from "node:stream";
import { Interrupted } from "./interruption.mjs";
import { writeMessage } from "./wire.mjs";

/** @import { Cell } from "./cell.mjs" */
/** @import { Control } from "./control.mjs" */

export class Input {
  #kernel;
  #control;
  #key;

  /**
   * @param {{ readonly cell: Cell | undefined }} kernel
   * @param {Control} control
   * @param {string} key of the connection
   */
  constructor(kernel, control, key) {
    this.#kernel = kernel;
    this.#control = control;
    this.#key = key;
  }

  /**
   * @param {string} prompt
   * @param {boolean} password whether to hide what is typed
   */
  #question(prompt, password) {
    const { cell } = this.#kernel;
    if (cell === undefined || cell.request.content["allow_stdin"] !== true) {
      throw new Error("input: whoever runs this cell answers no questions (allow_stdin is not set)");
    }
    cell.flush();
    return writeMessage(this.#key, "input_request", { prompt, password }, cell.request, cell.request.identities);
  }

  /**
   * Asks, and stands still until there is an answer.
   * @param {string} [prompt]
   * @param {{ password?: boolean }} [options]
   */
  ask = (prompt = "", { password = false } = {}) => {
    const answer = this.#control.askNow(this.#question(prompt, password));
    if (answer === undefined) throw new Interrupted();
    return answer;
  };

  /** Gives code the functions it knows from elsewhere. */
  install() {
    const { ask } = this;
    Object.assign(globalThis, {
      /** @param {string} [message]
       * @param {string} [initial] the answer if nothing is typed
       */
      prompt: (message = "Prompt", initial) => {
        const answer = ask(initial ? `${message} [${initial}] ` : `${message} `);
        return answer === "" ? (initial ?? null) : answer;
      },
      /** @param {string} [message] */
      confirm: (message = "Confirm") => /^y(es)?$/i.test(ask(`${message} [y/N] `).trim()),
      /** @param {string} [message] */
      alert: (message = "Alert") => void ask(`${message} [Enter] `),
    });
    const stdin = this.#makeStdin();
    Object.defineProperty(process, "stdin", { configurable: true, enumerable: true, get: () => stdin });
  }

  /** A stream of the lines that the person types; it asks for the next when someone reads. */
  #makeStdin() {
    const next = async () => {
      const answer = await this.#control.ask(this.#question("", false));
      if (answer === undefined) throw new Interrupted();
      return `${answer}\n`;
    };
    const stdin = new Readable({
      encoding: "utf8",
      read() {
        next().then(
          (line) => this.push(line),
          (error) => this.destroy(error),
        );
      },
    });
    return Object.assign(stdin, { fd: 0, isTTY: false, setRawMode: () => stdin });
  }
}
