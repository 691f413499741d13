import { headsOfLayer, placeOfMatrix, type Note } from "heed/note";
import { element } from "./element.js";
import { colourHeads, headsTogether, mostColoured, toggleHead } from "./head-colours.js";
import type { DrawingOptions } from "./options.js";
import type { Selection } from "./selection.js";
import { headName } from "./wording.js";

/** The heads of a layer, to be drawn together, each with its colour. One stop of the Tab key; arrows walk, Enter or space chooses. */
export class HeadChips {
  readonly node = element("div", "jp-HeedChips");
  readonly #onSelect: (selection: Partial<Selection>) => void;
  readonly #name = element("span", "jp-HeedChips-name");
  #buttons: HTMLButtonElement[] = [];
  #toggle: (place: number) => void = () => undefined;

  constructor(onSelect: (selection: Partial<Selection>) => void) {
    this.#onSelect = onSelect;
    this.node.setAttribute("role", "group");
    this.node.append(this.#name);
    this.node.addEventListener("keydown", (event) => this.#press(event));
    // what is done here is not done to the tokens around
    this.node.addEventListener("click", (event) => event.stopPropagation());
    // a double click here must not open the Markdown source of a written note
    this.node.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  offer(note: Note, selection: Selection, { phrases, theme }: DrawingOptions): void {
    const count = headsOfLayer(note);
    this.node.hidden = count < 2 || note.kind === "image";
    if (this.node.hidden) return;
    this.#name.textContent = phrases.__("Together:");
    this.node.setAttribute("aria-label", phrases.__("Heads drawn together, each in a colour"));
    const first = Math.floor(selection.head / count) * count;
    const shown = headsTogether(note, selection);
    const coloured = colourHeads(shown, theme.dark);
    if (this.#buttons.length !== count) {
      this.#buttons = Array.from({ length: count }, (_, place) => this.#button(place));
      this.node.replaceChildren(this.#name, ...this.#buttons);
    }
    this.#toggle = (place) => this.#onSelect(toggleHead(note, selection, first + place));
    const isFull = shown.length >= mostColoured;
    const stop = Math.max(0, this.#buttons.indexOf(document.activeElement as HTMLButtonElement));
    for (const [place, button] of this.#buttons.entries()) {
      const ink = shown.length > 1 ? coloured.find(({ head }) => head === first + place)?.ink : undefined;
      const isShown = shown.includes(first + place);
      button.textContent = placeOfMatrix(note, first + place).head ?? String(place);
      button.setAttribute("aria-label", headName(note, first + place, phrases));
      button.setAttribute("aria-pressed", String(isShown));
      const isBlocked = isFull && !isShown;
      button.setAttribute("aria-disabled", String(isBlocked));
      button.title = isBlocked ? phrases.__("More than %1 colours could not be told apart", mostColoured) : "";
      button.style.setProperty("--jp-heed-ink", ink ?? "transparent");
      button.tabIndex = place === stop ? 0 : -1;
    }
  }

  #button(place: number): HTMLButtonElement {
    const button = element("button", "jp-HeedChips-head");
    button.type = "button";
    button.addEventListener("click", () => this.#toggle(place));
    return button;
  }

  #press(event: KeyboardEvent): void {
    // what is pressed here is not pressed on the tokens around
    if (event.key === "Enter" || event.key === " ") event.stopPropagation();
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const count = this.#buttons.length;
    const from = this.#buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = (Math.max(0, from) + step + count) % count;
    for (const [place, button] of this.#buttons.entries()) button.tabIndex = place === to ? 0 : -1;
    this.#buttons[to]?.focus();
  }
}
