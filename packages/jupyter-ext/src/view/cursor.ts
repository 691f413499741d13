import type { Region } from "./drawing.js";
import { element } from "./element.js";
import type { CellText } from "./wording.js";

interface Place {
  readonly region: number;
  readonly row: number;
  readonly column: number;
}

const pageStep = 10;
/** Pixels. */
const widestBox = 300;

/**
 * Lets the pointer and the keyboard ask a picture about its cells: outlines the cell and its row and column, shows its text in
 * a box, and announces it.
 *
 * Keys: arrows; Home and End along the row; Page Up and Page Down ten rows; Escape to leave.
 */
export class Cursor {
  readonly #host: HTMLElement;
  readonly #announcer: HTMLElement;
  readonly #layer = element("div", "jp-HeedCursor");
  readonly #row = element("div", "jp-HeedCursor-band");
  readonly #column = element("div", "jp-HeedCursor-band");
  readonly #cell = element("div", "jp-HeedCursor-cell");
  readonly #box = element("div", "jp-HeedTooltip");
  #regions: readonly Region[] = [];
  #place: Place | undefined;
  #byKeyboard = false;

  /** @param host the focusable element that holds the picture; its top left corner is the picture's */
  constructor(host: HTMLElement, announcer: HTMLElement) {
    this.#host = host;
    this.#announcer = announcer;
    this.#layer.setAttribute("aria-hidden", "true");
    this.#layer.append(this.#row, this.#column, this.#cell, this.#box);
    this.#layer.hidden = true;
    host.append(this.#layer);
    host.addEventListener("pointermove", (event) => this.#point(event));
    host.addEventListener("pointerdown", (event) => this.#point(event));
    host.addEventListener("pointerleave", () => this.#leave());
    host.addEventListener("keydown", (event) => this.#press(event));
    host.addEventListener("focus", () => this.#focus());
    host.addEventListener("blur", () => this.#hide());
  }

  /** The cell that was last asked about. */
  get place(): Place | undefined {
    return this.#place;
  }

  /** Sets what there is to ask about; a cell that is still there stays chosen. */
  setRegions(regions: readonly Region[]): void {
    this.#regions = regions;
    const region = this.#place && regions[this.#place.region];
    const stillThere = region && this.#place && this.#place.row < region.shape[0] && this.#place.column < region.shape[1];
    if (!stillThere) this.#place = undefined;
    if (this.#place && !this.#layer.hidden) this.#show(this.#place);
    else this.#hide();
  }

  #point(event: PointerEvent): void {
    const bounds = this.#host.getBoundingClientRect();
    const x = event.clientX - bounds.left + this.#host.scrollLeft;
    const y = event.clientY - bounds.top;
    const found = this.#find(x, y);
    if (!found) {
      if (!this.#byKeyboard) this.#hide();
      return;
    }
    this.#byKeyboard = false;
    const same = this.#place && !this.#layer.hidden && found.region === this.#place.region && found.row === this.#place.row;
    if (!(same && found.column === this.#place?.column)) this.#show(found);
  }

  #find(x: number, y: number): Place | undefined {
    for (const [region, { left, top, cell, shape }] of this.#regions.entries()) {
      const column = Math.floor((x - left) / cell.width);
      const row = Math.floor((y - top) / cell.height);
      if (row >= 0 && column >= 0 && row < shape[0] && column < shape[1]) return { region, row, column };
    }
    return undefined;
  }

  #leave(): void {
    if (!this.#byKeyboard) this.#hide();
  }

  #focus(): void {
    // a click shows the cell under the pointer; only a focus by keyboard needs a place to start
    if (this.#host.matches(":focus-visible")) this.#move(0, 0);
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const region = this.#regions[this.#place?.region ?? 0];
    if (!region) return;
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      Home: [0, -region.shape[1]],
      End: [0, region.shape[1]],
      PageUp: [-pageStep, 0],
      PageDown: [pageStep, 0],
    };
    const move = moves[event.key];
    if (move) this.#move(...move);
    else if (event.key === "Escape" && !this.#layer.hidden) this.#hide();
    else return;
    // handled here: the notebook must not also move its own selection
    event.preventDefault();
    event.stopPropagation();
  }

  #move(down: number, across: number): void {
    const from = this.#place ?? { region: 0, row: 0, column: 0 };
    const region = this.#regions[from.region];
    if (!region) return;
    this.#byKeyboard = true;
    const place = {
      region: from.region,
      row: clamp(from.row + down, region.shape[0]),
      column: clamp(from.column + across, region.shape[1]),
    };
    const text = this.#show(place);
    if (text) this.#announcer.textContent = text.spoken;
  }

  #show(place: Place): CellText | undefined {
    const region = this.#regions[place.region];
    if (!region) return undefined;
    this.#place = place;
    const { left, top, cell, shape } = region;
    const x = left + place.column * cell.width;
    const y = top + place.row * cell.height;
    position(this.#cell, x, y, cell.width, cell.height);
    position(this.#row, left, y, cell.width * shape[1], cell.height);
    position(this.#column, x, top, cell.width, cell.height * shape[0]);
    const text = region.say(place.row, place.column);
    this.#fill(text);
    this.#layer.hidden = false;
    this.#placeBox(x, y, cell.width, cell.height);
    return text;
  }

  #fill({ from, to, facts }: CellText): void {
    const heading = element("div", "jp-HeedTooltip-heading");
    heading.append(element("bdi", "", from), " → ", element("bdi", "", to));
    this.#box.replaceChildren(heading, ...facts.map((fact) => element("div", "jp-HeedTooltip-fact", fact)));
  }

  /** Right of the cell and above its lower edge where that fits, never outside the picture's element. */
  #placeBox(x: number, y: number, width: number, height: number): void {
    this.#box.style.maxWidth = `${Math.min(widestBox, this.#host.clientWidth)}px`;
    const { offsetWidth, offsetHeight } = this.#box;
    const rightEdge = this.#host.scrollLeft + this.#host.clientWidth;
    const right = x + width + 8;
    const left = right + offsetWidth <= rightEdge ? right : Math.max(this.#host.scrollLeft, x - offsetWidth - 8);
    const bottom = Math.max(this.#host.clientHeight, offsetHeight);
    const top = Math.min(Math.max(0, y + height / 2 - offsetHeight / 2), bottom - offsetHeight);
    this.#box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  #hide(): void {
    this.#layer.hidden = true;
    this.#byKeyboard = false;
  }
}

function clamp(value: number, size: number): number {
  return Math.min(Math.max(0, value), size - 1);
}

function position(node: HTMLElement, left: number, top: number, width: number, height: number): void {
  node.style.transform = `translate(${left}px, ${top}px)`;
  node.style.width = `${width}px`;
  node.style.height = `${height}px`;
}
