import { element } from "../view/element.js";
import { keepFocus } from "../view/focus.js";
import type { Phrases } from "../view/options.js";
import { pageOf } from "./page-of.js";

/** Turns the pages of one axis; not there where everything is on one page. */
export class Pager {
  readonly node = element("div", "jp-HeedPager");
  readonly #size: number;
  readonly #onTurn: () => void;
  readonly #previous = element("button", "jp-HeedButton", "‹");
  readonly #next = element("button", "jp-HeedButton", "›");
  readonly #where = element("span", "");
  #number = 0;

  constructor(size: number, onTurn: () => void) {
    this.#size = size;
    this.#onTurn = onTurn;
    this.node.setAttribute("role", "group");
    this.node.hidden = true;
    for (const [button, step] of [
      [this.#previous, -1],
      [this.#next, 1],
    ] as const) {
      button.type = "button";
      button.addEventListener("click", () => {
        this.#number += step;
        this.#onTurn();
      });
    }
    this.#where.setAttribute("aria-live", "polite");
    this.node.append(this.#previous, this.#where, this.#next);
  }

  get number(): number {
    return this.#number;
  }

  turn(number: number): void {
    this.#number = number;
  }

  /** @param axis what is turned over: query, key, hop … */
  write(total: number, axis: string, phrases: Phrases): void {
    const { start, end, number, count } = pageOf(total, this.#size, this.#number);
    this.#number = number;
    this.node.hidden = count < 2;
    this.node.setAttribute("aria-label", axis);
    this.#where.textContent = phrases.__("%1: %2–%3 of %4", axis, start + 1, end, total);
    keepFocus(
      this.node,
      () => {
        this.#previous.disabled = number === 0;
        this.#next.disabled = number === count - 1;
      },
      () => [this.#previous, this.#next],
    );
    this.#previous.setAttribute("aria-label", phrases.__("Previous page"));
    this.#next.setAttribute("aria-label", phrases.__("Next page"));
  }
}
