import { placeOn } from "./client.js";
import type { Region } from "./drawing.js";
import { element } from "./element.js";
import type { TokenCell } from "./selection.js";
import { Tooltip } from "./tooltip.js";
import type { ViewHost } from "./view.js";
import type { CellText } from "./wording.js";

interface Place {
  readonly region: number;
  readonly row: number;
  readonly column: number;
}

const pageStep = 10;

/**
 * Lets the pointer and the keyboard ask a picture about its cells: outlines the cell and its row and column, shows its text in
 * a box, and announces it. A click or Enter chooses the cell, which stays outlined.
 *
 * Keys: arrows; Home and End along the row; Page Up and Page Down ten rows; Enter or space to choose; Escape to leave.
 */
export class Cursor {
  readonly #host: HTMLElement;
  readonly #figure: ViewHost;
  readonly #layer = element("div", "jp-HeedCursor");
  readonly #row = element("div", "jp-HeedCursor-band");
  readonly #column = element("div", "jp-HeedCursor-band");
  readonly #cell = element("div", "jp-HeedCursor-cell");
  readonly #chosen = element("div", "jp-HeedCursor-chosen");
  readonly #box: Tooltip;
  #regions: readonly Region[] = [];
  #place: Place | undefined;
  #byKeyboard = false;
  #cellChosen: TokenCell | undefined;

  /**
   * @param host the focusable element that holds the picture and scrolls it sideways; its top left corner is the picture's
   * @param frame what it fills, in which the box may reach beyond it
   */
  constructor(host: HTMLElement, figure: ViewHost, frame: HTMLElement) {
    this.#host = host;
    this.#figure = figure;
    this.#box = new Tooltip(frame);
    this.#box.hide();
    this.#layer.setAttribute("aria-hidden", "true");
    this.#layer.append(this.#row, this.#column, this.#cell);
    this.#layer.hidden = true;
    this.#chosen.hidden = true;
    host.append(this.#chosen, this.#layer);
    frame.append(this.#box.node);
    host.addEventListener("pointermove", (event) => this.#point(event));
    host.addEventListener("pointerdown", (event) => this.#point(event));
    host.addEventListener("click", (event) => {
      const found = this.#at(event);
      if (!found) return;
      this.#ask(found);
      this.#enter();
    });
    // a finger that is lifted leaves what it has asked for, until it taps elsewhere; one that scrolls has asked for nothing
    host.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && this.#leave());
    host.addEventListener("pointercancel", () => this.#leave());
    host.addEventListener("keydown", (event) => this.#press(event));
    host.addEventListener("focus", () => this.#focus());
    host.addEventListener("blur", () => this.#hide());
  }

  /** The cell that was last asked about. */
  get place(): Place | undefined {
    return this.#place;
  }

  /** Sets what there is to ask about; a cell that is still there stays asked about. */
  setRegions(regions: readonly Region[]): void {
    this.#regions = regions;
    const region = this.#place && regions[this.#place.region];
    const stillThere = region && this.#place && this.#place.row < region.shape[0] && this.#place.column < region.shape[1];
    if (!stillThere) this.#place = undefined;
    if (this.#place && !this.#layer.hidden) this.#show(this.#place);
    else this.#hide();
  }

  /** Outlines the chosen cell. */
  choose(cell: TokenCell | undefined): void {
    this.#cellChosen = cell;
    const region = this.#regions[0];
    const at = cell && region?.placeOf?.(cell);
    this.#chosen.hidden = !(at && region && at.row < region.shape[0] && at.column < region.shape[1]);
    if (!at || !region) return;
    const { left, top, cell: size } = region;
    position(this.#chosen, left + at.column * size.width, top + at.row * size.height, size.width, size.height);
  }

  #at(event: MouseEvent): Place | undefined {
    const { x, y } = placeOn(this.#host, event);
    return this.#find(x + this.#host.scrollLeft, y);
  }

  #point(event: PointerEvent): void {
    const found = this.#at(event);
    if (!found) {
      if (!this.#byKeyboard) this.#hide();
      return;
    }
    this.#byKeyboard = false;
    this.#ask(found);
  }

  #ask(found: Place): void {
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
    else if (event.key === "Enter" || event.key === " ") this.#enter();
    else if (event.key === "Escape" && !this.#layer.hidden) this.#hide();
    else if (event.key === "Escape" && !this.#chosen.hidden) this.#figure.select({ cell: undefined });
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
    const text = this.#show(this.#step(from, down, across));
    if (text) this.#figure.announce(text.spoken);
  }

  /** One step to the side leads from the last column of a region to the first of the next, and back. */
  #step(from: Place, down: number, across: number): Place {
    const to = from.column + across;
    const next = Math.abs(across) === 1 ? this.#regions[from.region + across] : undefined;
    const region = this.#regions[from.region];
    const [rows, columns] = region?.shape ?? [1, 1];
    if (next && (to < 0 || to >= columns)) {
      return { region: from.region + across, row: clamp(from.row, next.shape[0]), column: across > 0 ? 0 : next.shape[1] - 1 };
    }
    return { region: from.region, row: clamp(from.row + down, rows), column: clamp(to, columns) };
  }

  /** A second time on the chosen cell lets it go. */
  #enter(): void {
    const cell = this.#place && this.#regions[this.#place.region]?.cellAt?.(this.#place.row, this.#place.column);
    if (!cell || this.#layer.hidden) return;
    const again = this.#cellChosen?.row === cell.row && this.#cellChosen.column === cell.column;
    this.#figure.select({ cell: again ? undefined : cell });
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
    this.#layer.hidden = false;
    this.#box.show(text, { left: x - this.#host.scrollLeft, top: y, width: cell.width, height: cell.height }, "across");
    this.#figure.visit(region.cellAt?.(place.row, place.column));
    return text;
  }

  #hide(): void {
    if (!this.#layer.hidden) this.#figure.visit(undefined);
    this.#layer.hidden = true;
    this.#box.hide();
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
