import type { Note } from "heed/note";
import { Signal, type ISignal } from "@lumino/signaling";
import type { TokenCell } from "../view/selection.js";

/** Whether readers want to guess a weight before they are told it, and what they guessed; one switch for all figures of the page. */
export class Prediction {
  readonly #changed = new Signal<this, void>(this);
  readonly #guessed = new Signal<this, Note>(this);
  readonly #guesses = new WeakMap<Note, Map<string, number>>();
  #isOn = false;

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Emitted when it is turned on or off. */
  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  /** Emitted when a weight of a note was guessed. */
  get guessed(): ISignal<this, Note> {
    return this.#guessed;
  }

  turn(on: boolean): void {
    if (on === this.#isOn) return;
    this.#isOn = on;
    this.#changed.emit();
  }

  guess(note: Note, head: number, cell: TokenCell, value: number): void {
    const ofNote = this.#guesses.get(note) ?? new Map<string, number>();
    this.#guesses.set(note, ofNote.set(keyOf(head, cell), value));
    this.#guessed.emit(note);
  }

  guessOf(note: Note, head: number, cell: TokenCell): number | undefined {
    return this.#guesses.get(note)?.get(keyOf(head, cell));
  }

  /** Whether the weight of a cell may not be told yet. */
  hides(note: Note, head: number, cell: TokenCell): boolean {
    return this.#isOn && this.guessOf(note, head, cell) === undefined;
  }

  /** Which cells of a head may not be told yet; undefined where all may. */
  hidden(note: Note, head: number): ((cell: TokenCell) => boolean) | undefined {
    return this.#isOn ? (cell) => this.hides(note, head, cell) : undefined;
  }
}

const keyOf = (head: number, { row, column }: TokenCell): string => `${head} ${row} ${column}`;
