import { element } from "./element.js";
import type { Selection } from "./selection.js";
import type { Marks, View, ViewHost, ViewType } from "./view.js";

/** How views are made whose code is there by now. */
const makers = new Map<ViewType, (host: ViewHost) => View>();

/** Where a figure's view stands: one at a time, made when it is first wanted. */
export class Stage {
  readonly node = element("div", "jp-HeedFigure-stage");
  readonly #host: ViewHost;
  #type: ViewType | undefined;
  #view: View | undefined;

  constructor(host: ViewHost) {
    this.#host = host;
  }

  /** The view that is shown. */
  get view(): View | undefined {
    return this.#view;
  }

  /** Fetches the code of a type of view; undefined where it is there, so that a view need not wait for anything. */
  fetch(type: ViewType): Promise<void> | undefined {
    if (makers.has(type)) return undefined;
    return type.load().then((make) => void makers.set(type, make));
  }

  /** Shows a view of a type whose code is there, in place of one of another type. */
  show(type: ViewType): View | undefined {
    const make = makers.get(type);
    if (make && type !== this.#type) this.#replace(type, make(this.#host));
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
