import { element } from "../view/element.js";
import { visibleToken } from "../view/labels.js";
import type { Phrases } from "../view/options.js";
import { inField, Slider } from "./controls.js";
import type { EditableArray, Trial } from "./trial.js";

type Matrix = readonly (readonly number[])[];

/** More numbers than this are better changed in the text. */
export const mostNumbers = 240;

/** One number of the note. */
interface Place {
  readonly field: string;
  readonly row: number;
  readonly column: number;
  readonly name: string;
}

/** The vectors and matrices of a note as fields to type in, and one slider for the number that has the focus. */
export class NumberGrid {
  readonly node = element("div", "jp-HeedNumbers");
  readonly #onChange: (field: string, rows: Matrix) => void;
  readonly #slider: Slider;
  readonly #hint = element("p", "jp-HeedNumbers-hint");
  readonly #arrays = element("div", "jp-HeedNumbers-arrays");
  readonly #inputs = new Map<string, HTMLInputElement>();
  #numbers: Trial["numbers"] = new Map();
  #current: Place | undefined;
  #shape = "";

  constructor(onChange: (field: string, rows: Matrix) => void) {
    this.#onChange = onChange;
    this.#slider = new Slider({ min: -4, max: 4, step: 0.05 }, inField, (value) => {
      if (!this.#current) return;
      this.#set(this.#current, value);
      const input = this.#inputs.get(keyOf(this.#current));
      if (input) input.value = inField(value);
    });
    this.node.append(this.#arrays, this.#hint, this.#slider.node);
  }

  /** Offers the arrays of a note; fields that are there already stay, and keep the focus. */
  offer(arrays: readonly EditableArray[], numbers: Trial["numbers"], phrases: Phrases): void {
    this.#numbers = numbers;
    const count = arrays.reduce((sum, { rows }) => sum + rows.length * (rows[0]?.length ?? 0), 0);
    this.node.hidden = count === 0;
    const isTooMany = count > mostNumbers;
    this.#arrays.hidden = isTooMany;
    const shape = JSON.stringify([
      phrases.__("row %1", 1),
      arrays.map(({ field, symbol, rows, labels }) => [field, symbol, rows.length, rows[0]?.length, labels]),
    ]);
    if (!isTooMany && shape !== this.#shape) {
      this.#shape = shape;
      this.#current = undefined;
      this.#inputs.clear();
      this.#arrays.replaceChildren(...arrays.map((array) => this.#table(array, phrases)));
    }
    this.#hint.textContent = isTooMany
      ? phrases.__("These are %1 numbers, too many to change here; change them in the text.", count)
      : phrases.__("Choose a number to drag it.");
    this.#hint.hidden = this.#current !== undefined;
    this.#slider.node.hidden = isTooMany || !this.#current;
    this.#write();
  }

  #table({ field, symbol, rows, labels }: EditableArray, phrases: Phrases): HTMLElement {
    const table = element("table", "jp-HeedNumbers-array");
    const caption = table.createCaption();
    caption.textContent = symbol;
    for (const [row, numbers] of rows.entries()) {
      const line = table.insertRow();
      const label = labels?.[row];
      if (label !== undefined) {
        const heading = element("th", "");
        heading.scope = "row";
        heading.append(element("bdi", "", visibleToken(label)));
        line.append(heading);
      }
      for (const column of numbers.keys()) {
        const where = label === undefined ? phrases.__("row %1", row + 1) : visibleToken(label);
        const name = `${symbol}, ${where}, ${column + 1}`;
        line.insertCell().append(this.#field({ field, row, column, name }));
      }
    }
    return table;
  }

  #field(place: Place): HTMLInputElement {
    const input = element("input", "jp-HeedField jp-HeedNumbers-field");
    input.type = "number";
    input.step = "0.1";
    input.setAttribute("aria-label", place.name);
    input.addEventListener("focus", () => {
      this.#current = place;
      this.#hint.hidden = true;
      this.#slider.node.hidden = false;
      this.#aim();
    });
    input.addEventListener("input", () => {
      // while someone types a minus or deletes the last digit there is no number
      if (!Number.isFinite(input.valueAsNumber) || Math.abs(input.valueAsNumber) > 1e6) return;
      this.#set(place, input.valueAsNumber);
      this.#aim();
    });
    input.addEventListener("blur", () => this.#write());
    this.#inputs.set(keyOf(place), input);
    return input;
  }

  #set({ field, row, column }: Place, value: number): void {
    const rows = this.#numbers.get(field) ?? [];
    this.#onChange(
      field,
      rows.map((numbers, i) => (i === row ? numbers.with(column, value) : numbers)),
    );
  }

  /** Points the slider at the number with the focus; its range reaches beyond it on either side. */
  #aim(): void {
    if (!this.#current) return;
    const { field, row, column, name } = this.#current;
    const value = this.#numbers.get(field)?.[row]?.[column] ?? 0;
    const reach = Math.max(4, Math.ceil(Math.abs(value) * 2));
    this.#slider.setRange({ min: -reach, max: reach, step: reach / 80 });
    this.#slider.name(name);
    this.#slider.value = value;
  }

  #write(): void {
    for (const [key, input] of this.#inputs) {
      const [field = "", row, column] = key.split(" ");
      const value = this.#numbers.get(field)?.[Number(row)]?.[Number(column)] ?? 0;
      if (input !== document.activeElement || input.valueAsNumber !== value) input.value = inField(value);
    }
  }
}

const keyOf = ({ field, row, column }: Place): string => `${field} ${row} ${column}`;
