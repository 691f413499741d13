import { element } from "./element.js";

/** One of a few things to choose from. */
export interface RadioChoice<Value> {
  readonly value: Value;
  readonly label: string;
}

/** A few words side by side as a group of radio buttons: one stop of the Tab key, arrows choose. Hidden where there is no choice. */
export class RadioRow<Value extends string | number> {
  readonly node = element("div", "jp-HeedSwitch");
  readonly #onChoose: (value: Value) => void;
  #buttons = new Map<Value, HTMLButtonElement>();

  constructor(onChoose: (value: Value) => void) {
    this.#onChoose = onChoose;
    this.node.setAttribute("role", "radiogroup");
    this.node.addEventListener("keydown", (event) => this.#press(event));
    // a double click here must not open the Markdown source of a written note
    this.node.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  offer(name: string, choices: readonly RadioChoice<Value>[]): void {
    this.node.setAttribute("aria-label", name);
    this.node.hidden = choices.length < 2;
    // the same choices keep their buttons, and with them the focus
    const same = choices.length === this.#buttons.size && choices.every(({ value }) => this.#buttons.has(value));
    if (!same) {
      this.#buttons = new Map(choices.map(({ value }) => [value, this.#button(value)]));
      this.node.replaceChildren(...this.#buttons.values());
    }
    for (const { value, label } of choices) {
      const button = this.#buttons.get(value);
      if (button) button.textContent = label;
    }
  }

  mark(chosen: Value): void {
    for (const [value, button] of this.#buttons) {
      button.setAttribute("aria-checked", String(value === chosen));
      button.tabIndex = value === chosen ? 0 : -1;
    }
  }

  #button(value: Value): HTMLButtonElement {
    const button = element("button", "jp-HeedSwitch-choice");
    button.type = "button";
    button.dataset["value"] = String(value);
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => this.#onChoose(value));
    return button;
  }

  #press(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = [...this.#buttons];
    const at = buttons.findIndex(([, button]) => button.getAttribute("aria-checked") === "true");
    const [value, button] = buttons[(at + step + buttons.length) % buttons.length] ?? [];
    if (value === undefined) return;
    this.#onChoose(value);
    button?.focus();
  }
}
