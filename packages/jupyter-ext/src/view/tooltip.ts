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

  /** @param host the element that holds the picture and scrolls it sideways */
  constructor(host: HTMLElement) {
    this.#host = host;
    this.node.setAttribute("aria-hidden", "true");
  }

  show({ from, to, facts }: CellText, spot: Spot, side: "beside" | "below" = "beside"): void {
    const heading = element("div", "jp-HeedTooltip-heading");
    heading.append(element("bdi", "", from), ...(to === "" ? [] : [" → ", element("bdi", "", to)]));
    this.node.replaceChildren(heading, ...facts.map((fact) => element("div", "jp-HeedTooltip-fact", fact)));
    this.node.hidden = false;
    this.#place(spot, side);
  }

  hide(): void {
    this.node.hidden = true;
  }

  /** Right of the spot where that fits, otherwise left of it, otherwise below; never outside the element. */
  #place({ left: x, top: y, width, height }: Spot, side: "beside" | "below"): void {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.#host;
    this.node.style.maxWidth = `${Math.min(widest, clientWidth)}px`;
    const { offsetWidth, offsetHeight } = this.node;
    const [left, right] = [x - offsetWidth - gap, x + width + gap];
    const end = scrollLeft + clientWidth - offsetWidth;
    const isBeside = side === "beside" && (right <= end || left >= scrollLeft);
    // a height in parts of a pixel is told rounded: one more, or the lower border is cut
    const lowest = scrollTop + Math.max(0, clientHeight - offsetHeight - 1);
    const beside = { x: right <= end ? right : left, y: clamp(y + height / 2 - offsetHeight / 2, scrollTop, lowest) };
    const below = {
      x: clamp(x, scrollLeft, end),
      y: side === "below" ? y + height + gap : clamp(y + height + gap, scrollTop, lowest),
    };
    const place = isBeside ? beside : below;
    this.node.style.transform = `translate(${Math.round(place.x)}px, ${Math.round(place.y)}px)`;
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
