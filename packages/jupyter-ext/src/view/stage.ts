import { element } from "./element.js";
import type { Selection } from "./selection.js";
import type { Marks, View, ViewHost, ViewType } from "./view.js";

/** Where a figure's view stands: one at a time, made when it is first wanted. */
export class Stage {
  readonly node = element("div", "jp-HeedFigure-stage");
  readonly #host: ViewHost;
  #type: ViewType | undefined;
  #view: View | undefined;

  constructor(host: ViewHost) {
    this.#host = host;
  }

  /** Shows a view of a type, in place of one of another type. Undefined where it is not wanted any more once its code is loaded. */
  async show(type: ViewType, isWanted: () => boolean): Promise<View | undefined> {
    const make = this.#type === type ? undefined : await type.load();
    if (!isWanted()) return undefined;
    // perhaps another call waited for the code as well, and made the view
    if (make && this.#type !== type) this.#replace(type, make(this.#host));
    return this.#view;
  }

  /** Says to a screen reader what the view shows, and what its keys do. */
  describe(name: string, describedBy: string, keys: (type: ViewType) => string): void {
    if (!this.#type) return;
    this.#view?.focusable.setAttribute("aria-label", `${name}. ${keys(this.#type)}`);
    this.#view?.focusable.setAttribute("aria-describedby", describedBy);
  }

  choose(selection: Selection): void {
    this.#view?.choose(selection);
  }

  mark(marks: Marks): void {
    this.#view?.mark(marks);
  }

  dispose(): void {
    this.#view?.dispose();
  }

  #replace(type: ViewType, view: View): void {
    const hadFocus = this.node.contains(document.activeElement);
    this.#view?.dispose();
    this.#view = view;
    this.#type = type;
    this.node.replaceChildren(view.node);
    // a head that was opened by a key is where the keys go on
    if (hadFocus) view.focusable.focus({ preventScroll: true });
  }
}
