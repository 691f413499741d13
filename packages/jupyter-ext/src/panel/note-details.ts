import type { IFigures } from "../figures.js";
import type { Note } from "heed/note";
import type { NoteEntry } from "../notes/notebook-notes.js";
import { problemOf } from "../notes/problem.js";
import { element } from "../view/element.js";
import { propertiesOf } from "./properties.js";

/** What can be done with the note that is looked at. */
export interface NoteActions {
  togglePin(entry: NoteEntry): void;
  isPinned(entry: NoteEntry): boolean;
  openBeside(entry: NoteEntry): void;
  openDocument(note: Note): Promise<void>;
}

/** The part of the panel below the list: what is known of the chosen note, and what can be done with it. */
export class NoteDetails {
  readonly node = element("section", "jp-HeedDetails");
  readonly #figures: IFigures;
  readonly #actions: NoteActions;
  #entry: NoteEntry | undefined;
  #shown = "";

  constructor(figures: IFigures, actions: NoteActions) {
    this.#figures = figures;
    this.#actions = actions;
    this.node.hidden = true;
  }

  get entry(): NoteEntry | undefined {
    return this.#entry;
  }

  /** Shows another note, or what the same is now; nothing where it is gone. */
  async show(entry: NoteEntry | undefined): Promise<void> {
    const { language } = this.#figures;
    this.#entry = entry;
    this.node.hidden = entry === undefined;
    if (!entry) {
      this.#shown = "";
      return;
    }
    const wanted = [language, entry.id, entry.content, entry.cell, entry.isStale, this.#actions.isPinned(entry)].join(" ");
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    try {
      const note = await entry.read(language);
      if (wanted === this.#shown) this.#write(entry, note);
    } catch (error) {
      if (wanted === this.#shown) this.#write(entry, undefined, problemOf(error).message);
    }
  }

  #write(entry: NoteEntry, note: Note | undefined, problem = ""): void {
    const { phrases } = this.#figures;
    this.node.setAttribute("aria-label", phrases.__("Selected note"));
    const heading = element("h3", "jp-HeedDetails-heading", phrases.__("Selected note"));
    const list = element("dl", "jp-HeedDetails-list");
    const status =
      entry.origin === "written"
        ? phrases.__("written")
        : entry.isStale
          ? phrases.__("cell changed since")
          : phrases.__("as the cell made it");
    const lines = [
      { name: phrases.__("Cell"), value: `${entry.cell + 1} · ${status}` },
      ...(note ? propertiesOf(note, phrases) : [{ name: phrases.__("Problem"), value: problem }]),
    ];
    for (const { name, value } of lines) list.append(element("dt", "", name), element("dd", "", value));
    const actions = this.#actions;
    const isPinned = actions.isPinned(entry);
    const buttons = element("div", "jp-HeedDetails-actions");
    buttons.append(
      button(isPinned ? phrases.__("Unpin") : phrases.__("Pin"), () => actions.togglePin(entry)),
      ...(note
        ? [
            button(phrases.__("Open in a split view"), () => actions.openBeside(entry)),
            button(phrases.__("Open as document…"), () => void actions.openDocument(note)),
          ]
        : []),
    );
    const focused = this.node.contains(document.activeElement)
      ? [...this.node.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement)
      : -1;
    this.node.replaceChildren(heading, buttons, list);
    this.node.querySelectorAll("button")[focused]?.focus();
  }
}

function button(label: string, act: () => void): HTMLButtonElement {
  const made = element("button", "jp-HeedDetails-button", label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}
