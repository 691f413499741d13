import { boxOn, type Place } from "./client.js";
import { element } from "./element.js";
import type { CellText } from "./wording.js";

/** Pixels. */
const widest = 300;
const gap = 8;

/** What a box stands beside, in pixels from the top left corner of the element that scrolls. */
export interface Spot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A box beside a cell or a token that says what is known about it. */
export class Tooltip {
  readonly node = element("div", "jp-HeedTooltip");
  readonly #host: HTMLElement;

  /** @param host the element that the box is in, beside what it tells of; it may scroll */
  constructor(host: HTMLElement) {
    this.#host = host;
    this.node.setAttribute("aria-hidden", "true");
  }

  /**
   * @param side `beside`: right of the spot or left of it; `below`: under it; `across`: under its row or above it, and beside its column, both of
   * which stay in sight
   */
  show({ from, to, facts }: CellText, spot: Spot, side: BoxSide = "beside"): void {
    const heading = element("div", "jp-HeedTooltip-heading");
    heading.append(element("bdi", "", from), ...(to === "" ? [] : [" → ", element("bdi", "", to)]));
    this.node.replaceChildren(heading, ...facts.map((fact) => element("div", "jp-HeedTooltip-fact", fact)));
    this.node.hidden = false;
    this.#place(spot, side);
  }

  hide(): void {
    this.node.hidden = true;
  }

  #place(spot: Spot, side: BoxSide): void {
    const { clientWidth } = this.#host;
    this.node.style.maxWidth = `${Math.min(widest, clientWidth)}px`;
    const { x, y } = side === "across" ? this.#across(spot) : this.#near(spot, side);
    this.node.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  /** Right of the spot where that fits, otherwise left of it, otherwise below; never outside the element. */
  #near({ left: x, top: y, width, height }: Spot, side: "beside" | "below"): Place {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.#host;
    const { offsetWidth, offsetHeight } = this.node;
    const [left, right] = [x - offsetWidth - gap, x + width + gap];
    const end = scrollLeft + clientWidth - offsetWidth;
    // a height in parts of a pixel is told rounded: one more, or the lower border is cut
    const lowest = scrollTop + Math.max(0, clientHeight - offsetHeight - 1);
    if (side === "beside" && (right <= end || left >= scrollLeft))
      return { x: right <= end ? right : left, y: clamp(y + height / 2 - offsetHeight / 2, scrollTop, lowest) };
    return {
      x: clamp(x, scrollLeft, end),
      y: side === "below" ? y + height + gap : clamp(y + height + gap, scrollTop, lowest),
    };
  }

  /** Under the row while the window shows that place, otherwise above it; to the right of the column where that fits. */
  #across({ left: x, top: y, width, height }: Spot): Place {
    const { offsetWidth, offsetHeight } = this.node;
    const [left, right, end] = [x - offsetWidth - gap, x + width + gap, this.#host.clientWidth - offsetWidth];
    const [above, below] = [y - offsetHeight - gap, y + height + gap];
    const seen = boxOn(this.#host, { left: 0, top: 0, width: window.innerWidth, height: window.innerHeight });
    const isBelow = below + offsetHeight <= seen.top + seen.height || above < seen.top;
    return { x: right <= end ? right : left >= 0 ? left : clamp(x, 0, Math.max(0, end)), y: isBelow ? below : above };
  }
}

type BoxSide = "beside" | "below" | "across";

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
