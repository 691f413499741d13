import type { Cells } from "./cells.js";
import type { ColourScaleName } from "./colour.js";
import { element } from "./element.js";
import { pixelImage } from "./image-element.js";
import { thumbnailSize } from "./thumbnail-size.js";
import { loadThumbnails } from "./views.js";

/** One of the things to choose from: a head, or a token whose look is drawn. */
export interface Choice {
  /** Short, under the thumbnail. */
  readonly label: string;
  /** Whole, for a screen reader and as the tooltip. */
  readonly name: string;
  /** [rows, columns], which tell how high and wide the thumbnail is. */
  readonly shape: readonly [number, number];
  /** Read only when the thumbnail is painted. */
  readonly cells: () => Cells;
}

/** What stands above and beside a grid of choices: heads across, layers down. */
export interface PickerGrid {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** Names the rows and columns, in the corner. */
  readonly corner: string;
}

/** What there is to choose from, and how it is laid out. */
export interface Offer {
  readonly name: string;
  readonly choices: readonly Choice[];
  readonly grid?: PickerGrid;
}

/** Thumbnails painted before the browser may do something else. */
const paintedAtOnce = 8;

/** Thumbnails to choose from, as a group of radio buttons: one stop of the Tab key, arrows choose. */
export class Picker {
  readonly node = element("div", "jp-HeedPicker");
  readonly #onChoose: (index: number) => void;
  #buttons: HTMLButtonElement[] = [];
  #thumbnails: HTMLImageElement[] = [];
  #choices: readonly Choice[] = [];
  #columns = 0;
  #chosen = 0;
  #painting = 0;

  constructor(onChoose: (index: number) => void) {
    this.#onChoose = onChoose;
    this.node.setAttribute("role", "radiogroup");
    this.node.addEventListener("keydown", (event) => this.#press(event));
    // a double click here must not open the Markdown source of a written note
    this.node.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  /** Offers other choices; the same ones stay as they are. Without a grid they wrap. */
  offer({ name, choices, grid }: Offer, side: number): void {
    const columns = grid?.columns.length ?? 0;
    const same =
      this.#columns === columns &&
      this.#choices.length === choices.length &&
      choices.every(({ name }, i) => name === this.#choices[i]?.name);
    this.#choices = choices;
    this.#columns = columns;
    this.node.hidden = choices.length < 2;
    this.node.setAttribute("aria-label", name);
    this.node.classList.toggle("jp-mod-grid", columns > 0);
    this.node.style.setProperty("--jp-heed-columns", String(columns));
    // while a note is being typed its heads stay: neither the focus nor what is painted may flash
    if (same) return this.#size(side);
    this.#buttons = [];
    this.#thumbnails = [];
    if (this.node.hidden) {
      this.node.replaceChildren();
      return;
    }
    for (const [index, choice] of choices.entries()) {
      const button = element("button", "jp-HeedPicker-choice");
      const thumbnail = pixelImage("jp-HeedPicker-thumbnail");
      button.type = "button";
      button.title = choice.name;
      button.setAttribute("role", "radio");
      button.setAttribute("aria-label", choice.name);
      button.append(thumbnail, element("span", "jp-HeedPicker-label", choice.label));
      button.addEventListener("click", () => this.#choose(index));
      this.#buttons.push(button);
      this.#thumbnails.push(thumbnail);
    }
    this.node.replaceChildren(...(grid ? withHeadings(this.#buttons, grid) : this.#buttons));
    this.#size(side);
    this.mark(Math.min(this.#chosen, choices.length - 1));
  }

  mark(index: number): void {
    this.#chosen = index;
    for (const [i, button] of this.#buttons.entries()) {
      button.setAttribute("aria-checked", String(i === index));
      button.tabIndex = i === index ? 0 : -1;
    }
  }

  /** Paints the thumbnails a few at a time; a later call replaces one that is still going on. */
  async paint(scale: ColourScaleName, dark: boolean): Promise<void> {
    const painting = ++this.#painting;
    if (this.#thumbnails.length === 0) return;
    const { paintThumbnail } = await loadThumbnails();
    const step = (from: number): void => {
      if (painting !== this.#painting) return;
      const end = Math.min(this.#thumbnails.length, from + paintedAtOnce);
      for (let i = from; i < end; i++) {
        const [thumbnail, choice] = [this.#thumbnails[i], this.#choices[i]];
        if (thumbnail && choice) paintThumbnail(thumbnail, choice.cells(), scale, dark);
      }
      if (end < this.#thumbnails.length) setTimeout(step, 0, end);
    };
    step(0);
  }

  stop(): void {
    this.#painting++;
  }

  /** Gives the thumbnails their places before they are painted. */
  #size(side: number): void {
    for (const [i, thumbnail] of this.#thumbnails.entries()) {
      const { width, height } = thumbnailSize(this.#choices[i]?.shape ?? [1, 1], side);
      thumbnail.style.width = `${width}px`;
      thumbnail.style.height = `${height}px`;
    }
  }

  #press(event: KeyboardEvent): void {
    const down = this.#columns || 1;
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -down, ArrowDown: down };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = this.#chosen + step;
    if (next < 0 || next >= this.#buttons.length) return;
    this.#choose(next);
    this.#buttons[next]?.focus();
  }

  #choose(index: number): void {
    if (index === this.#chosen) return;
    this.mark(index);
    this.#onChoose(index);
  }
}

function withHeadings(buttons: readonly HTMLElement[], { columns, rows, corner }: PickerGrid): HTMLElement[] {
  const lines = rows.map((row, i) => [heading(row), ...buttons.slice(i * columns.length, (i + 1) * columns.length)]);
  return [heading(corner), ...columns.map(heading), ...lines.flat()];
}

function heading(text: string): HTMLElement {
  const node = element("span", "jp-HeedPicker-heading", text);
  // each button names its layer and head itself
  node.setAttribute("aria-hidden", "true");
  return node;
}
