import type { Note } from "heed/note";
import type { ColourMeaning } from "./colour-value.js";
import { element } from "./element.js";
import { readingsOf } from "./look.js";
import type { Phrases } from "./options.js";
import { RadioRow } from "./radio-row.js";
import { scaleOf, type Selection, type ViewName } from "./selection.js";
import { sameTokens } from "./tokens.js";
import type { Control, ViewType } from "./view.js";

const meanings: readonly ColourMeaning[] = ["global", "row", "log", "rank"];

/** The line above a picture: the ways to see the note, and how to read it. */
export class Toolbar {
  readonly node = element("div", "jp-HeedToolbar");
  readonly #views: RadioRow<ViewName>;
  readonly #scale = element("select", "jp-HeedToolbar-scale");
  readonly #words: HTMLButtonElement;
  readonly #special: HTMLButtonElement;
  readonly #back: HTMLButtonElement;

  /** @param menu stands at the end of the line */
  constructor(onSelect: (selection: Partial<Selection>) => void, menu: HTMLElement) {
    this.#views = new RadioRow<ViewName>((view) => onSelect({ view }));
    this.#scale.addEventListener("change", () => {
      const scale = meanings.find((meaning) => meaning === this.#scale.value);
      if (scale) onSelect({ scale });
    });
    this.#words = toggle((joinsWords) => onSelect({ joinsWords }));
    this.#special = toggle((hidesSpecial) => onSelect({ hidesSpecial }));
    this.#back = toggle((looksBack) => onSelect({ looksBack }));
    this.node.append(this.#views.node, this.#words, this.#special, this.#back, this.#scale, menu);
    // a double click here must not open the Markdown source of a written note
    this.node.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  offer(note: Note, types: readonly ViewType[], shown: ViewType, selection: Selection, phrases: Phrases): void {
    this.#views.offer(
      phrases.__("View"),
      types.map(({ name, label }) => ({ value: name, label: label(phrases) })),
    );
    this.#views.mark(shown.name);
    const has = (control: Control): boolean => shown.controls.includes(control);
    const readings = readingsOf(note);
    const isOneText = sameTokens(note.axes.rows, note.axes.columns);
    write(this.#words, has("words") && readings.words, selection.joinsWords, phrases.__("Whole words"));
    write(this.#special, has("special") && readings.special, selection.hidesSpecial, phrases.__("Hide special tokens"));
    write(this.#back, has("direction") && isOneText, selection.looksBack, phrases.__("Attended by"));
    this.#writeScale(has("scale"), scaleOf(note, selection), phrases);
  }

  #writeScale(isOffered: boolean, chosen: ColourMeaning, phrases: Phrases): void {
    const labels: Readonly<Record<ColourMeaning, string>> = {
      global: phrases.__("Colour: weight"),
      row: phrases.__("Colour: relative to the row"),
      log: phrases.__("Colour: logarithm"),
      rank: phrases.__("Colour: place in the row"),
    };
    this.#scale.hidden = !isOffered;
    this.#scale.setAttribute("aria-label", phrases.__("What colours mean"));
    const options = meanings.map((meaning) => {
      const option = element("option", "", labels[meaning]);
      option.value = meaning;
      return option;
    });
    // rewritten only where it differs: an open list must not close
    if ([...this.#scale.options].some((option, i) => option.text !== options[i]?.text) || this.#scale.options.length === 0) {
      this.#scale.replaceChildren(...options);
    }
    this.#scale.value = chosen;
  }
}

function toggle(onChange: (isOn: boolean) => void): HTMLButtonElement {
  const button = element("button", "jp-HeedToolbar-toggle");
  button.type = "button";
  button.addEventListener("click", () => onChange(button.getAttribute("aria-pressed") !== "true"));
  return button;
}

function write(button: HTMLButtonElement, isOffered: boolean, isOn: boolean | undefined, label: string): void {
  button.hidden = !isOffered;
  button.textContent = label;
  button.setAttribute("aria-pressed", String(isOn === true));
}
