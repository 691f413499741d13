import { element } from "./element.js";
import type { Phrases } from "./options.js";
import type { Selection } from "./selection.js";
import type { ViewType } from "./view.js";
import { ViewSwitch } from "./view-switch.js";

/** The line above a picture: the ways to see the note, and how to read it. */
export class Toolbar {
  readonly node = element("div", "jp-HeedToolbar");
  readonly #views: ViewSwitch;

  constructor(onSelect: (selection: Partial<Selection>) => void) {
    this.#views = new ViewSwitch((view) => onSelect({ view }));
    this.node.append(this.#views.node);
  }

  offer(types: readonly ViewType[], shown: ViewType, phrases: Phrases): void {
    this.#views.offer(types, phrases);
    this.#views.mark(shown.name);
    this.node.hidden = types.length < 2;
  }
}
