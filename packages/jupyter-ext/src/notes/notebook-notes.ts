import type { ICellModel, ICodeCellModel } from "@jupyterlab/cells";
import type { INotebookModel } from "@jupyterlab/notebook";
import type { IOutputModel } from "@jupyterlab/rendermime";
import type { IDisposable } from "@lumino/disposable";
import { Signal, type ISignal } from "@lumino/signaling";
import { noteMimeType, parseNote, type Language, type Note } from "heed/note";
import { evaluate } from "./evaluate.js";
import { fencesIn } from "./fence-text.js";

/** A note somewhere in a notebook. */
export interface NoteEntry {
  /** Stays the same while the note is edited and its cell is moved. */
  readonly id: string;
  /** Place of the cell in the notebook, from 0. */
  readonly cell: number;
  /** Place among the notes of the cell, from 0. */
  readonly place: number;
  readonly origin: "written" | "computed";
  /** What the note is made of; two entries with the same content show the same note. */
  readonly content: string;
  /** Reads the note; rejects with what is wrong with it. */
  readonly read: (language: Language) => Promise<Note>;
}

/** Lists the notes of a notebook, written and computed, and says when the list changes: by typing, running, moving, deleting. */
export class NotebookNotes implements IDisposable {
  readonly #model: INotebookModel;
  readonly #changed = new Signal<this, void>(this);
  /** Found notes of each cell; a cell that changes is forgotten. */
  readonly #found = new Map<ICellModel, Omit<NoteEntry, "cell">[]>();
  #isDisposed = false;

  constructor(model: INotebookModel) {
    this.#model = model;
    model.cells.changed.connect(this.#follow, this);
    this.#follow();
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** The notes in the order of the notebook. */
  list(): NoteEntry[] {
    return [...this.#model.cells].flatMap((model, cell) => {
      let found = this.#found.get(model);
      if (!found) {
        found = isCode(model) ? computedNotes(model) : model.type === "markdown" ? writtenNotes(model) : [];
        this.#found.set(model, found);
      }
      return found.map((entry) => ({ ...entry, cell }));
    });
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    Signal.clearData(this);
    for (const model of this.#model.cells) {
      model.contentChanged.disconnect(this.#forget, this);
      if (isCode(model)) model.outputs.changed.disconnect(this.#forgetOutputs, this);
    }
    this.#model.cells?.changed.disconnect(this.#follow, this);
    this.#found.clear();
  }

  #follow(): void {
    for (const model of this.#model.cells) {
      // connecting twice has no effect
      if (isCode(model)) model.outputs.changed.connect(this.#forgetOutputs, this);
      else model.contentChanged.connect(this.#forget, this);
    }
    const present = new Set(this.#model.cells);
    for (const model of this.#found.keys()) if (!present.has(model)) this.#found.delete(model);
    this.#changed.emit();
  }

  #forget(model: ICellModel): void {
    this.#found.delete(model);
    this.#changed.emit();
  }

  #forgetOutputs(outputs: ICodeCellModel["outputs"]): void {
    for (const model of this.#found.keys()) {
      if (isCode(model) && model.outputs === outputs) this.#found.delete(model);
    }
    this.#changed.emit();
  }
}

function isCode(model: ICellModel): model is ICodeCellModel {
  return model.type === "code";
}

function writtenNotes(model: ICellModel): Omit<NoteEntry, "cell">[] {
  return fencesIn(model.sharedModel.getSource()).map(({ text }, place) => ({
    id: `${model.id}/${place}`,
    place,
    origin: "written",
    content: text,
    read: (language) => evaluate(text, language),
  }));
}

/** Computed notes by their output, which is a new object whenever it is displayed again. */
const computed = new WeakMap<IOutputModel, Pick<NoteEntry, "content" | "read">>();
let computedCount = 0;

function computedNotes(model: ICodeCellModel): Omit<NoteEntry, "cell">[] {
  const entries: Omit<NoteEntry, "cell">[] = [];
  for (let i = 0; i < model.outputs.length; i++) {
    const output = model.outputs.get(i);
    if (output.data[noteMimeType] === undefined) continue;
    const place = entries.length;
    entries.push({ id: `${model.id}/${place}`, place, origin: "computed", ...contentOf(output) });
  }
  return entries;
}

function contentOf(output: IOutputModel): Pick<NoteEntry, "content" | "read"> {
  const found = computed.get(output);
  if (found) return found;
  const entry: Pick<NoteEntry, "content" | "read"> = {
    content: `output ${++computedCount}`,
    read: async (language) => {
      const data = output.data[noteMimeType];
      return parseNote(typeof data === "string" ? JSON.parse(data) : data, language);
    },
  };
  computed.set(output, entry);
  return entry;
}
