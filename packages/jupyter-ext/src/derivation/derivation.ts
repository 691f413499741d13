import "../../style/box.css";
import "../../style/derivation.css";
import { deriveCell, type CellDerivation, type ExternalArray, type Note } from "heed/note";
import type { Tool, ToolContext } from "../tools/tool.js";
import { element } from "../view/element.js";
import { visibleToken } from "../view/labels.js";
import type { Phrases } from "../view/options.js";
import type { TokenCell } from "../view/selection.js";
import { faultText } from "../view/side-notice.js";
import { faultOf, loadedAround, sideOf, type SideWeights } from "../view/side-weights.js";
import { GuessForm } from "./guess-form.js";
import { columnNames, rowNames } from "./names.js";
import { outputStep } from "./output-step.js";
import { line, numberedToken, step, written } from "./parts.js";
import { scoreStep } from "./score-step.js";
import { softmaxStep } from "./softmax-step.js";

/** How the chosen cell's weight was made: score, share of its row, what is read; with the number hidden until it was guessed. */
export class Derivation implements Tool {
  readonly node = element("section", "jp-HeedBox jp-HeedDerivation");
  readonly #context: ToolContext;
  readonly #title = element("div", "jp-HeedBox-title");
  readonly #predict = element("button", "jp-HeedToggle");
  readonly #close = element("button", "jp-HeedBox-close", "×");
  readonly #body = element("div", "jp-HeedDerivation-body");
  readonly #unfollow: () => void;
  #shown = "";
  /** The head and row that are being read from a file. */
  #reading: string | undefined;
  #isDisposed = false;

  constructor(context: ToolContext) {
    this.#context = context;
    this.node.setAttribute("role", "region");
    this.#predict.type = "button";
    this.#predict.setAttribute("role", "switch");
    this.#close.type = "button";
    this.#close.addEventListener("click", () => context.close());
    const head = element("div", "jp-HeedBox-head");
    head.append(this.#title, this.#predict, this.#close);
    this.node.append(head, this.#body);
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      context.close();
    });
    const { prediction } = context.surroundings;
    this.#predict.addEventListener("click", () => prediction.turn(!prediction.isOn));
    const follow = (): void => this.update();
    prediction.changed.connect(follow);
    this.#unfollow = () => void prediction.changed.disconnect(follow);
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  update(): void {
    const { figure, surroundings, announce } = this.#context;
    const { phrases, prediction } = surroundings;
    const { note, selection } = figure;
    if (!note) return;
    this.node.setAttribute("aria-label", phrases.__("Derivation"));
    this.#predict.textContent = phrases.__("Predict first");
    this.#predict.title = phrases.__("Hide each weight until you have guessed it");
    this.#predict.setAttribute("aria-checked", String(prediction.isOn));
    this.#close.setAttribute("aria-label", phrases.__("Close"));
    const { cell, head } = selection;
    if (!cell) {
      this.#title.textContent = phrases.__("Derivation");
      this.#body.replaceChildren(line(phrases.__("Click a cell, or walk to one with the arrow keys and press Enter.")));
      this.#shown = "";
      return;
    }
    const key = `${head} ${cell.row} ${cell.column}`;
    this.#writeTitle(note, cell, phrases);
    this.#body.replaceChildren(...this.#steps(note, head, cell, phrases));
    // said once for each cell, not at each change of a slider
    if (key !== this.#shown) announce(`${this.#title.textContent}. ${phrases.__("Its derivation is below the picture.")}`);
    this.#shown = key;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#unfollow();
    this.node.remove();
  }

  #writeTitle(note: Note, { row, column }: TokenCell, phrases: Phrases): void {
    const [from, to] = [rowNames(note, phrases), columnNames(note, phrases)];
    this.#title.replaceChildren(numberedToken(from, row), " → ", numberedToken(to, column));
  }

  #steps(note: Note, head: number, { row, column }: TokenCell, phrases: Phrases): Node[] {
    const read =
      note.weights.encoding === "external" ? loadedAround(note.weights, head, { axis: "rows", index: row }) : undefined;
    if (note.weights.encoding === "external" && !read) return [this.#read(note.weights, head, row, phrases)];
    const derivation = deriveCell(note, head, row, column, read);
    const { softmax, output, isMasked } = derivation;
    const { prediction } = this.#context.surroundings;
    const cell = { row, column };
    const guess = prediction.guessOf(note, head, cell);
    const isHidden = prediction.hides(note, head, cell) && !isMasked;
    const list = element("ol", "jp-HeedDerivation-steps");
    const score = scoreStep(derivation, phrases);
    if (score) list.append(score);
    else if (derivation.storedScore !== undefined)
      list.append(step(phrases.__("Score"), [`m = ${written(derivation.storedScore)}`]));
    if (softmax) list.append(softmaxStep(note, { ...derivation, softmax }, column, isHidden, phrases));
    else if (!isHidden) list.append(step(phrases.__("Weight"), [`a = ${written(derivation.stored)}`]));
    if (output && !isHidden) list.append(outputStep(note, output, column, phrases));
    const missing = missingNote(note, derivation, this.#context.figure.text !== undefined, phrases);
    return [
      ...(isHidden || guess !== undefined
        ? [this.#guessForm(derivation, guess, phrases, (value) => prediction.guess(note, head, cell, value))]
        : []),
      list,
      ...(missing ? [missing] : []),
    ];
  }

  /** Asks for the row of a cell whose weights are in a file, and says that or why it is not there yet. */
  #read(array: ExternalArray, head: number, row: number, phrases: Phrases): HTMLElement {
    const side = sideOf(array);
    const fault = side && faultOf(side);
    if (!side || fault) {
      this.#reading = undefined;
      const reason = fault ? faultText(fault, array.file, phrases) : "";
      return line(reason, reason && " ", phrases.__("The weights are in a file beside the notebook, which could not be read."));
    }
    void this.#readRow(side, head, row);
    return line(phrases.__("Reading %1 …", array.file));
  }

  async #readRow(side: SideWeights, head: number, row: number): Promise<void> {
    const key = `${head} ${row}`;
    if (this.#reading === key) return;
    this.#reading = key;
    try {
      await side.rows(0, head, row, row + 1);
    } catch {
      // what is wrong is the state of the file, which is told instead
    }
    if (this.#reading !== key || this.#isDisposed) return;
    this.#reading = undefined;
    this.update();
  }

  #guessForm(
    { weight, stored }: CellDerivation,
    guess: number | undefined,
    phrases: Phrases,
    onGuess: (value: number) => void,
  ): HTMLElement {
    return new GuessForm(weight ?? stored, guess, phrases, (value) => {
      // this is written anew by whoever follows what was guessed
      onGuess(value);
      this.#body.querySelector<HTMLElement>(".jp-HeedGuess")?.focus();
    }).node;
  }
}

/** Which numbers the note lacks, and how they would get into it. */
function missingNote(note: Note, { missing }: CellDerivation, isWritten: boolean, phrases: Phrases): HTMLElement | undefined {
  if (missing.length === 0) return undefined;
  const isBare = note.score === undefined && !note.scores && !note.query && !note.keys && !note.values;
  const names = missing.map((part) => {
    switch (part) {
      case "query":
        return phrases.__("the queries q");
      case "keys":
        return phrases.__("the keys k");
      case "score":
        return phrases.__("which score function it was");
      case "parameters":
        return phrases.__("the parameters of the score");
      case "scores":
        return phrases.__("the scores m");
      case "values":
        return phrases.__("the values v");
    }
  });
  const node = element("p", "jp-HeedDerivation-missing");
  const lack = isBare
    ? phrases.__(
        "This note holds weights alone: they were given, or what they were computed from was left out to keep it small.",
      )
    : phrases.__("This note does not hold %1, so those steps cannot be shown.", names.map(visibleToken).join(", "));
  if (isWritten) {
    node.append(`${lack} `, phrases.__("Write query and keys instead of weights, and every weight can be derived."));
    return node;
  }
  node.append(`${lack} `, phrases.__("A code cell keeps everything with: "));
  node.append(element("code", "", 'show(result, { detail: "all" })'));
  node.append(
    phrases.__("; of a pretrained model, ask for it first: "),
    element("code", "", "attend(text, { vectors: true })"),
  );
  return node;
}
