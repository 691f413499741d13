import { element } from "../view/element.js";
import type { Phrases } from "../view/options.js";
import { guessReading, rolesFor, withRole, type AxisRole, type TensorReading } from "./tensor-choice.js";
import type { TensorOption } from "./tensor-stack.js";

let count = 0;

/** Told when a person chooses; whether only the tensor was chosen, and its axes are guessed. */
type OnChoose = (reading: TensorReading, isGuess: boolean) => void;

/** The form above an opened file: which tensor, and what its axes are. */
export class TensorPicker {
  readonly node = element("div", "jp-HeedTensors");
  readonly #onChoose: OnChoose;
  readonly #id = `jp-heed-tensors-${++count}`;
  #options: readonly TensorOption[] = [];
  #reading: TensorReading | undefined;

  constructor(onChoose: OnChoose) {
    this.#onChoose = onChoose;
    this.node.setAttribute("role", "group");
  }

  get reading(): TensorReading | undefined {
    return this.#reading;
  }

  /** Offers the tensors of a file; what was chosen stays where it still exists. */
  offer(options: readonly TensorOption[], phrases: Phrases): void {
    const [first] = options;
    const known = options.find(
      ({ name, shape }) => name === this.#reading?.tensor && shape.length === this.#reading.roles.length,
    );
    this.#options = options;
    if (!known) this.#reading = first && guessReading(first);
    this.#write(phrases);
  }

  /** Reads the tensor that is chosen in another way, which was found out meanwhile. */
  suggest(reading: TensorReading, phrases: Phrases): void {
    if (reading.tensor !== this.#reading?.tensor) return;
    this.#reading = reading;
    this.#write(phrases);
  }

  #write(phrases: Phrases): void {
    const reading = this.#reading;
    this.node.setAttribute("aria-label", phrases.__("Tensor"));
    if (!reading) return this.node.replaceChildren();
    const focused = this.node.contains(document.activeElement) ? document.activeElement?.id : undefined;
    const tensors = this.#options.map(({ name, shape }) => ({ value: name, text: `${name} [${shape.join(", ")}]` }));
    const tensor = this.#select("tensor", phrases.__("Tensor"), tensors, reading.tensor, (name) => {
      const option = this.#options.find((other) => other.name === name);
      if (option) this.#choose(guessReading(option), phrases, true);
    });
    const shape = this.#options.find(({ name }) => name === reading.tensor)?.shape ?? [];
    // of an axis with one entry there is nothing to say
    const axes = reading.roles.flatMap((role, axis) =>
      role === "one" && shape[axis] === 1 ? [] : [this.#axis(reading, role, axis, shape[axis] ?? 0, phrases)],
    );
    this.node.replaceChildren(tensor, ...axes);
    if (focused) this.node.querySelector<HTMLElement>(`#${CSS.escape(focused)}`)?.focus();
  }

  #axis(reading: TensorReading, role: AxisRole, axis: number, size: number, phrases: Phrases): HTMLElement {
    const names: Readonly<Record<AxisRole, string>> = {
      layers: phrases.__("layers"),
      heads: phrases.__("heads"),
      queries: phrases.__("queries"),
      keys: phrases.__("keys"),
      one: phrases.__("one of them"),
    };
    const roles = rolesFor(reading, axis).map((value) => ({ value, text: names[value] }));
    const label = phrases.__("Axis %1 (%2)", axis + 1, size);
    const node = this.#select(`axis-${axis}`, label, roles, role, (value) => {
      this.#choose(withRole(reading, axis, value as AxisRole), phrases);
    });
    if (role !== "one" || size < 2) return node;
    const entry = element("input", "jp-HeedTensors-entry");
    entry.id = `${this.#id}-entry-${axis}`;
    entry.type = "number";
    entry.min = "0";
    entry.max = String(size - 1);
    entry.value = String(reading.entries[axis] ?? 0);
    entry.setAttribute("aria-label", phrases.__("Which one of axis %1, from 0", axis + 1));
    entry.addEventListener("change", () => {
      const chosen = Math.min(size - 1, Math.max(0, Math.floor(Number(entry.value) || 0)));
      this.#choose({ ...reading, entries: reading.entries.map((at, i) => (i === axis ? chosen : at)) }, phrases);
    });
    node.append(entry);
    return node;
  }

  #select(
    name: string,
    label: string,
    options: readonly { readonly value: string; readonly text: string }[],
    chosen: string,
    onChoose: (value: string) => void,
  ): HTMLElement {
    const node = element("label", "jp-HeedTensors-field", `${label} `);
    const select = element("select", "jp-HeedTensors-select");
    select.id = `${this.#id}-${name}`;
    for (const { value, text } of options) {
      const option = element("option", "", text);
      option.value = value;
      option.selected = value === chosen;
      select.append(option);
    }
    select.addEventListener("change", () => onChoose(select.value));
    node.append(select);
    return node;
  }

  #choose(reading: TensorReading, phrases: Phrases, isGuess = false): void {
    this.#reading = reading;
    this.#write(phrases);
    this.#onChoose(reading, isGuess);
  }
}
