import { element } from "./element.js";
import type { CellText } from "./wording.js";

/** Pixels. */
const widest = 300;

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

  show({ from, to, facts }: CellText, spot: Spot): void {
    const heading = element("div", "jp-HeedTooltip-heading");
    heading.append(element("bdi", "", from), ...(to === "" ? [] : [" → ", element("bdi", "", to)]));
    this.node.replaceChildren(heading, ...facts.map((fact) => element("div", "jp-HeedTooltip-fact", fact)));
    this.node.hidden = false;
    this.#place(spot);
  }

  hide(): void {
    this.node.hidden = true;
  }

  /** Right of the spot where that fits, otherwise left of it, never outside the element. */
  #place({ left: x, top: y, width, height }: Spot): void {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.#host;
    this.node.style.maxWidth = `${Math.min(widest, clientWidth)}px`;
    const { offsetWidth, offsetHeight } = this.node;
    const right = x + width + 8;
    const left = right + offsetWidth <= scrollLeft + clientWidth ? right : Math.max(scrollLeft, x - offsetWidth - 8);
    const lowest = scrollTop + Math.max(clientHeight, offsetHeight) - offsetHeight;
    const top = Math.min(Math.max(scrollTop, y + height / 2 - offsetHeight / 2), lowest);
    this.node.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}
