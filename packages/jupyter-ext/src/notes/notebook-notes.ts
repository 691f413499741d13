import type { ICellModel, ICodeCellModel } from "@jupyterlab/cells";
import type { INotebookModel } from "@jupyterlab/notebook";
import type { IOutputModel } from "@jupyterlab/rendermime";
import type { IDisposable } from "@lumino/disposable";
import { Signal, type ISignal } from "@lumino/signaling";
import { noteMimeType, type Language, type Note } from "heed/note";
import { evaluate } from "./evaluate.js";
import { fencesIn } from "./fence-text.js";
import { loadReader } from "./reader.js";

/** A note somewhere in a notebook. */
export interface NoteEntry {
  /** Stays the same while the note is edited and its cell is moved. */
  readonly id: string;
  /** Place of the cell in the notebook, from 0. */
  readonly cell: number;
  /** Place among the notes of the cell, from 0. */
  readonly place: number;
  readonly origin: "written" | "computed";
  /** Whether the code of the cell has changed since it made the note. */
  readonly isStale: boolean;
  /** Title, tokens and what else a reader may look for, in small letters. */
  readonly words: () => string;
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
  readonly #found = new Map<ICellModel, FoundNote[]>();
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
      const isStale = isCode(model) && model.isDirty;
      return found.map((entry) => ({ ...entry, cell, isStale }));
    });
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    Signal.clearData(this);
    this.#found.clear();
    // a closed notebook has no cells any more
    if (this.#model.isDisposed) return;
    for (const model of this.#model.cells) {
      model.contentChanged.disconnect(this.#forget, this);
      if (isCode(model)) {
        model.outputs.changed.disconnect(this.#forgetOutputs, this);
        model.stateChanged.disconnect(this.#tell, this);
      }
    }
    this.#model.cells.changed.disconnect(this.#follow, this);
  }

  #follow(): void {
    for (const model of this.#model.cells) {
      // connecting twice has no effect
      if (isCode(model)) {
        model.outputs.changed.connect(this.#forgetOutputs, this);
        model.stateChanged.connect(this.#tell, this);
      } else model.contentChanged.connect(this.#forget, this);
    }
    const present = new Set(this.#model.cells);
    for (const model of this.#found.keys()) if (!present.has(model)) this.#found.delete(model);
    this.#changed.emit();
  }

  #tell(_: ICellModel, { name }: { name: string }): void {
    if (name === "isDirty") this.#changed.emit();
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

/** A note as its cell alone tells it. */
type FoundNote = Omit<NoteEntry, "cell" | "isStale">;

function writtenNotes(model: ICellModel): FoundNote[] {
  return fencesIn(model.sharedModel.getSource()).map(({ text }, place) => ({
    id: `${model.id}/${place}`,
    place,
    origin: "written",
    content: text,
    words: () => text.toLowerCase(),
    read: (language) => evaluate(text, language),
  }));
}

/** Computed notes by their output, which is a new object whenever it is displayed again. */
const computed = new WeakMap<IOutputModel, Pick<NoteEntry, "content" | "read" | "words">>();
let computedCount = 0;

function computedNotes(model: ICodeCellModel): FoundNote[] {
  const entries: FoundNote[] = [];
  for (let i = 0; i < model.outputs.length; i++) {
    const output = model.outputs.get(i);
    if (output.data[noteMimeType] === undefined) continue;
    const place = entries.length;
    entries.push({ id: `${model.id}/${place}`, place, origin: "computed", ...contentOf(output) });
  }
  return entries;
}

function contentOf(output: IOutputModel): Pick<NoteEntry, "content" | "read" | "words"> {
  const found = computed.get(output);
  if (found) return found;
  let words: string | undefined;
  const entry: Pick<NoteEntry, "content" | "read" | "words"> = {
    words: () => (words ??= wordsOf(output.data[noteMimeType])),
    content: `output ${++computedCount}`,
    read: async (language) => {
      const { parseNote } = await loadReader();
      return parseNote(jsonOf(output.data[noteMimeType]), language);
    },
  };
  computed.set(output, entry);
  return entry;
}

const jsonOf = (data: unknown): unknown => (typeof data === "string" ? JSON.parse(data) : data);

/** Characters that are searched in a note. */
const searched = 20_000;

/** The texts in a note that was not checked, which may be anything. */
export function wordsOf(data: unknown): string {
  const texts: string[] = [];
  let length = 0;
  const visit = (value: unknown, key: string, depth: number): void => {
    if (length > searched || depth > 5) return;
    if (typeof value === "string") {
      // not the numbers, which are texts as well
      if (key === "data" || key === "scale" || key === "headerHash") return;
      texts.push(value.slice(0, 1_000));
      length += Math.min(1_000, value.length);
    } else if (typeof value === "object" && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        visit(inner, Array.isArray(value) ? key : name, depth + 1);
        if (length > searched) return;
      }
    }
  };
  try {
    visit(jsonOf(data), "", 0);
  } catch {
    // a note that is no JSON has no words
  }
  return texts.join(" ").toLowerCase();
}
