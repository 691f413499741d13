import { matrixCount, placeOfMatrix, type Note } from "heed/note";
import { element } from "../view/element.js";
import type { Phrases } from "../view/options.js";

/** Which note and head stand on a side. */
export interface Chosen {
  readonly id: string | undefined;
  readonly head: number;
}

/** Which note, and which of its heads, stands on one side. */
export class SideSelect {
  readonly node = element("div", "jp-HeedComparison-side");
  readonly #label = element("span", "jp-HeedComparison-letter");
  readonly #notes = element("select", "jp-HeedSelect");
  readonly #heads = element("select", "jp-HeedSelect");
  chosen: Chosen = { id: undefined, head: 0 };

  constructor(onChange: () => Promise<void>) {
    this.#notes.addEventListener("change", () => {
      this.chosen = { id: this.#notes.value, head: 0 };
      void onChange();
    });
    this.#heads.addEventListener("change", () => {
      this.chosen = { ...this.chosen, head: Number(this.#heads.value) };
      void onChange();
    });
    this.node.append(this.#label, this.#notes, this.#heads);
  }

  focus(): void {
    this.#notes.focus();
  }

  offer(letter: string, named: readonly { readonly id: string; readonly name: string }[], phrases: Phrases): void {
    this.#label.textContent = letter;
    this.#notes.setAttribute("aria-label", phrases.__("Note %1", letter));
    this.#heads.setAttribute("aria-label", phrases.__("Head of note %1", letter));
    const { id: chosen = named[0]?.id, head } = this.chosen;
    this.chosen = { id: chosen, head };
    // a note may be gone for a moment only: while its cell runs
    const gone =
      chosen === undefined || named.some(({ id }) => id === chosen)
        ? []
        : [option(chosen, phrases.__("not there any more"), true)];
    this.#notes.replaceChildren(...gone, ...named.map(({ id, name }) => option(id, name, id === chosen)));
  }

  offerHeads(note: Note | undefined, phrases: Phrases): void {
    const count = note ? matrixCount(note) : 0;
    this.#heads.hidden = count < 2;
    if (!note) return;
    this.chosen = { ...this.chosen, head: Math.min(this.chosen.head, count - 1) };
    const options = Array.from({ length: count }, (_, index) => {
      const { layer, head } = placeOfMatrix(note, index);
      const names = [
        layer !== undefined && phrases.__("layer %1", layer),
        head !== undefined && phrases.__("head %1", head),
      ].filter((name) => name !== false);
      return option(String(index), names.join(", "), index === this.chosen.head);
    });
    this.#heads.replaceChildren(...options);
  }
}

function option(value: string, text: string, isChosen: boolean): HTMLOptionElement {
  const node = element("option", "", text);
  node.value = value;
  node.selected = isChosen;
  return node;
}
