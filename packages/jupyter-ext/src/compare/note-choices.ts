import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { INotebookModel } from "@jupyterlab/notebook";
import type { IDisposable } from "@lumino/disposable";
import { Signal, type ISignal } from "@lumino/signaling";
import { parseDocument, type Language, type Note } from "heed/note";
import type { IFigures } from "../figures.js";
import { NotebookNotes, type NoteEntry } from "../notes/notebook-notes.js";
import type { NoteFigure } from "../view/note-figure.js";
import { readHead, type OpenSide } from "../view/side-weights.js";

/** A note that can be compared. */
export interface NoteChoice {
  readonly id: string;
  /** The place of its cell, from 0, where it is in a notebook. */
  readonly cell?: number;
  /** What the note is made of; the same content is the same note. */
  readonly content: string;
  readonly read: (language: Language) => Promise<Note>;
}

/** The notes there are to choose from. */
export interface NoteChoices extends IDisposable {
  readonly changed: ISignal<unknown, void>;
  /** Settled once the notes have been read from where they are kept. */
  readonly ready: Promise<void>;
  /** Where the notebook or document is that they are in; absent where that is not known. */
  readonly path?: string;
  /** Opens files of weights beside the notebook; absent where it is not known what lies beside. */
  readonly openSide?: OpenSide;
  list(): readonly NoteChoice[];
}

/** The notes of a notebook, as they are now. */
export class NotebookChoices implements NoteChoices {
  readonly openSide: OpenSide;
  readonly #context: DocumentRegistry.IContext<INotebookModel>;
  readonly #notes: NotebookNotes;
  readonly #changed = new Signal<this, void>(this);

  constructor(context: DocumentRegistry.IContext<INotebookModel>, openSide: OpenSide) {
    this.#context = context;
    this.#notes = new NotebookNotes(context.model);
    this.openSide = openSide;
    this.#notes.changed.connect(this.#tell, this);
    context.pathChanged.connect(this.#tell, this);
  }

  get ready(): Promise<void> {
    return this.#context.ready;
  }

  get path(): string {
    return this.#context.path;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  get isDisposed(): boolean {
    return this.#notes.isDisposed;
  }

  list(): readonly NoteEntry[] {
    return this.#notes.list();
  }

  dispose(): void {
    this.#notes.dispose();
    Signal.clearData(this);
  }

  #tell(): void {
    this.#changed.emit();
  }
}

/** The notes of a document, as its file had them when the comparison was opened. */
export class DocumentChoices implements NoteChoices {
  readonly changed: ISignal<this, void> = new Signal<this, void>(this);
  readonly ready: Promise<void>;
  readonly isDisposed = false;
  readonly path: string;
  readonly openSide: OpenSide;
  #choices: readonly NoteChoice[] = [];

  constructor(path: string, figures: IFigures) {
    this.path = path;
    this.openSide = figures.beside(() => Promise.resolve(path));
    this.ready = this.#read(figures);
  }

  list(): readonly NoteChoice[] {
    return this.#choices;
  }

  dispose(): void {}

  async #read({ services, language }: IFigures): Promise<void> {
    try {
      const { content } = await services.contents.get(this.path, { type: "file", format: "text", content: true });
      this.#choices = choicesOf(parseDocument(String(content), language));
    } catch (error) {
      // the comparison says that its notes are not there
      console.warn(`jupyterlab-heed: ${this.path} could not be read for a comparison`, error);
    }
  }
}

/** Notes that are in no file that is known, as they were when the comparison was opened. */
export class FigureChoices implements NoteChoices {
  readonly changed: ISignal<this, void> = new Signal<this, void>(this);
  readonly ready: Promise<void> = Promise.resolve();
  readonly isDisposed = false;
  readonly #choices: readonly NoteChoice[];

  constructor(figures: readonly NoteFigure[]) {
    this.#choices = choicesOf(figures.flatMap(({ note }) => note ?? []));
  }

  list(): readonly NoteChoice[] {
    return this.#choices;
  }

  dispose(): void {}
}

/** Notes by their place. */
const choicesOf = (notes: readonly Note[]): NoteChoice[] =>
  notes.map((note, i) => ({ id: String(i), content: String(i), read: async () => note }));

/** Things made of notes, each made once for each language: reading a large note takes long, and every key stroke lists all of them. */
export class PerNote<Thing> {
  readonly #make: (choice: NoteChoice, language: Language) => Promise<Thing>;
  readonly #most: number;
  readonly #made = new Map<string, Promise<Thing>>();

  /** @param most how many are kept */
  constructor(most: number, make: (choice: NoteChoice, language: Language) => Promise<Thing>) {
    this.#most = most;
    this.#make = make;
  }

  of(choice: NoteChoice, language: Language): Promise<Thing> {
    const key = `${language} ${choice.content}`;
    const found = this.#made.get(key) ?? this.#make(choice, language);
    // the one used last is forgotten last
    this.#made.delete(key);
    this.#made.set(key, found);
    for (const oldest of this.#made.keys()) {
      if (this.#made.size <= this.#most) break;
      this.#made.delete(oldest);
    }
    return found;
  }
}

/** Reads a head that is in a file beside the notebook. What goes wrong is told where the note itself is shown. */
export async function readBeside({ weights }: Note, head: number, openSide: OpenSide | undefined): Promise<void> {
  if (weights.encoding !== "external" || !openSide) return;
  try {
    await readHead(await openSide(weights), head);
  } catch (error) {
    console.warn("jupyterlab-heed: weights beside the notebook could not be read for a comparison", error);
  }
}
