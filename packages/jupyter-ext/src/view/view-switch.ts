import { element } from "./element.js";
import type { Phrases } from "./options.js";
import type { ViewName } from "./selection.js";
import type { ViewType } from "./view.js";

/** The ways to see a note side by side, as a group of radio buttons: one stop of the Tab key, arrows choose. */
export class ViewSwitch {
  readonly node = element("div", "jp-HeedSwitch");
  readonly #onChoose: (name: ViewName) => void;
  #buttons = new Map<ViewName, HTMLButtonElement>();

  constructor(onChoose: (name: ViewName) => void) {
    this.#onChoose = onChoose;
    this.node.setAttribute("role", "radiogroup");
    this.node.addEventListener("keydown", (event) => this.#press(event));
    // a double click here must not open the Markdown source of a written note
    this.node.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  offer(types: readonly ViewType[], phrases: Phrases): void {
    this.node.setAttribute("aria-label", phrases.__("View"));
    this.node.hidden = types.length < 2;
    const same = types.length === this.#buttons.size && types.every(({ name }) => this.#buttons.has(name));
    if (!same) {
      this.#buttons = new Map(types.map(({ name }) => [name, this.#button(name)]));
      this.node.replaceChildren(...this.#buttons.values());
    }
    for (const { name, label } of types) {
      const button = this.#buttons.get(name);
      if (button) button.textContent = label(phrases);
    }
  }

  mark(name: ViewName | undefined): void {
    for (const [other, button] of this.#buttons) {
      button.setAttribute("aria-checked", String(other === name));
      button.tabIndex = other === name ? 0 : -1;
    }
  }

  #button(name: ViewName): HTMLButtonElement {
    const button = element("button", "jp-HeedSwitch-choice");
    button.type = "button";
    button.dataset["view"] = name;
    button.setAttribute("role", "radio");
    button.addEventListener("click", () => this.#onChoose(name));
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
    const [name, button] = buttons[(at + step + buttons.length) % buttons.length] ?? [];
    if (!name) return;
    this.#onChoose(name);
    button?.focus();
  }
}
