/** The controls that change a note: each has a label, says its value, and calls back at every step of a drag. */
import { brief } from "../view/colour-value.js";
import { element } from "../view/element.js";

let count = 0;

/** A row of controls under one label. */
export function controlRow(...content: Node[]): HTMLElement {
  const node = element("div", "jp-HeedSliders-row");
  node.append(...content);
  return node;
}

/** A slider with its label and its value. */
export class Slider {
  readonly node: HTMLElement;
  readonly #label = element("label", "");
  readonly #input = element("input", "jp-HeedSlider");
  readonly #output = element("output", "");
  readonly #say: (value: number) => string;

  constructor(
    range: { min: number; max: number; step: number },
    say: (value: number) => string,
    onInput: (value: number) => void,
  ) {
    const id = `jp-heed-slider-${++count}`;
    this.#say = say;
    this.#input.type = "range";
    this.#input.id = id;
    this.#label.htmlFor = id;
    this.#output.htmlFor.add(id);
    this.setRange(range);
    this.#input.addEventListener("input", () => {
      this.#write();
      onInput(this.#input.valueAsNumber);
    });
    this.node = controlRow(this.#label, this.#input, this.#output);
  }

  name(label: string): void {
    this.#label.textContent = label;
    this.#write();
  }

  setRange({ min, max, step }: { min: number; max: number; step: number }): void {
    this.#input.min = String(min);
    this.#input.max = String(max);
    this.#input.step = String(step);
  }

  set value(value: number) {
    this.#input.value = String(value);
    this.#write();
  }

  #write(): void {
    const text = this.#say(this.#input.valueAsNumber);
    this.#output.textContent = text;
    this.#input.setAttribute("aria-valuetext", text);
  }
}

/** A few choices side by side. */
export class Choices<Name extends string> {
  readonly node: HTMLElement;
  readonly #label = element("span", "jp-HeedSliders-label");
  readonly #inputs = new Map<Name, { readonly input: HTMLInputElement; readonly text: HTMLElement }>();

  constructor(names: readonly Name[], onChoose: (name: Name) => void) {
    const id = `jp-heed-choices-${++count}`;
    const group = element("span", "jp-HeedSliders-choices");
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-labelledby", id);
    this.#label.id = id;
    for (const name of names) {
      const input = element("input", "");
      const text = element("span", "");
      const label = element("label", "");
      input.type = "radio";
      input.name = id;
      input.addEventListener("change", () => onChoose(name));
      label.append(input, text);
      group.append(label);
      this.#inputs.set(name, { input, text });
    }
    this.node = controlRow(this.#label, group);
  }

  name(label: string, nameOf: (name: Name) => string): void {
    this.#label.textContent = label;
    for (const [name, { text }] of this.#inputs) text.textContent = nameOf(name);
  }

  set value(value: Name | undefined) {
    for (const [name, { input }] of this.#inputs) input.checked = name === value;
  }
}

/** A box to tick. */
export class Tick {
  readonly node: HTMLLabelElement = element("label", "jp-HeedSliders-tick");
  readonly #input = element("input", "");
  readonly #text = element("span", "");

  constructor(onChange: (on: boolean) => void) {
    this.#input.type = "checkbox";
    this.#input.addEventListener("change", () => onChange(this.#input.checked));
    this.node.append(this.#input, this.#text);
  }

  name(label: string): void {
    this.#text.textContent = label;
  }

  set value(on: boolean) {
    this.#input.checked = on;
  }
}

/** Temperatures from 1/8 to 8 on a slider whose middle is 1. */
export const temperatureRange = { min: -3, max: 3, step: 0.05 } as const;

/** Three digits, so that the value can be written as it is shown. */
export const temperatureAt = (place: number): number => Number((2 ** place).toPrecision(3));
export const placeOfTemperature = (temperature: number): number => Math.log2(temperature);

/** A number in its field. */
export const inField = (value: number): string => (Math.abs(value) >= 1000 ? brief(value) : String(Number(value.toFixed(3))));
