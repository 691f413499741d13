import { element } from "../element.js";
import { keepFocus } from "../focus.js";
import type { Phrases } from "../options.js";

export type MapAction = "in" | "out" | "whole";

/** The buttons of a map: nearer, farther, all of it. */
export class MapControls {
  readonly node = element("div", "jp-HeedMap-controls");
  readonly #buttons: Readonly<Record<MapAction, HTMLButtonElement>>;

  constructor(onAct: (action: MapAction) => void) {
    const button = (action: MapAction, sign: string): HTMLButtonElement => {
      const made = element("button", "jp-HeedMap-button", sign);
      made.type = "button";
      made.addEventListener("click", () => onAct(action));
      return made;
    };
    this.#buttons = { in: button("in", "+"), out: button("out", "−"), whole: button("whole", "⤢") };
    this.node.append(...Object.values(this.#buttons));
    // a double click here must not open the Markdown source of a written note
    this.node.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  name(phrases: Phrases): void {
    const names = { in: phrases.__("Zoom in"), out: phrases.__("Zoom out"), whole: phrases.__("Show all") };
    const keys = { in: "+", out: "−", whole: "0" };
    for (const action of ["in", "out", "whole"] as const) {
      this.#buttons[action].setAttribute("aria-label", names[action]);
      this.#buttons[action].title = `${names[action]} (${keys[action]})`;
    }
  }

  enable(isWhole: boolean, isNearest: boolean): void {
    keepFocus(
      this.node,
      () => {
        this.#buttons.in.disabled = isNearest;
        this.#buttons.out.disabled = isWhole;
        this.#buttons.whole.disabled = isWhole;
      },
      () => Object.values(this.#buttons),
    );
  }
}
