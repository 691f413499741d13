import "../../style/box.css";
import "../../style/sliders.css";
import type { WrittenNote } from "heed/language";
import type { Tool, ToolContext } from "../tools/tool.js";
import { element } from "../view/element.js";
import { keepFocus } from "../view/focus.js";
import type { Phrases } from "../view/options.js";
import { Choices, placeOfTemperature, Slider, temperatureAt, temperatureRange, Tick } from "./controls.js";
import { EveryFrame } from "./every-frame.js";
import { NumberGrid } from "./number-grid.js";
import { changedNote, changesOf, editableArrays, savedTrial, scales, sizeOf, type Scale, type Trial } from "./trial.js";

/**
 * Changes the numbers of a written note and shows what becomes of its weights, at every step of a drag. Nothing is written into the notebook
 * unless the reader asks for it.
 */
export class Sliders implements Tool {
  readonly node = element("section", "jp-HeedBox jp-HeedSliders");
  readonly #context: ToolContext;
  readonly #title = element("div", "jp-HeedBox-title");
  readonly #state = element("span", "jp-HeedSliders-state");
  readonly #reset = element("button", "jp-HeedButton");
  readonly #write = element("button", "jp-HeedButton");
  readonly #undo = element("button", "jp-HeedButton");
  readonly #close = element("button", "jp-HeedBox-close", "×");
  readonly #problem = element("p", "jp-HeedSliders-problem");
  readonly #temperature: Slider;
  readonly #scale: Choices<Scale>;
  readonly #causal: Tick;
  readonly #lengths: Slider;
  readonly #maskRow = element("div", "jp-HeedSliders-mask");
  readonly #grid: NumberGrid;
  readonly #frames = new EveryFrame(() => this.#recompute());
  #text: string | undefined;
  #written: WrittenNote | undefined;
  #saved: Trial | undefined;
  #trial: Trial | undefined;
  #undoWrite: (() => boolean) | undefined;
  #isJustWritten = false;
  #isDisposed = false;

  constructor(context: ToolContext) {
    this.#context = context;
    this.node.setAttribute("role", "region");
    this.#temperature = new Slider(
      temperatureRange,
      (place) => String(temperatureAt(place)),
      (place) => this.#change({ temperature: temperatureAt(place) }),
    );
    this.#scale = new Choices(scales, (scale) => this.#change({ scale }));
    this.#causal = new Tick((causal) => this.#changeMask({ causal }));
    this.#lengths = new Slider(
      { min: 0, max: 1, step: 1 },
      (keys) => this.#sayLengths(keys),
      (lengths) => this.#changeMask({ lengths }),
    );
    this.#maskRow.append(this.#lengths.node, this.#causal.node);
    this.#grid = new NumberGrid((field, rows) => {
      if (this.#trial) this.#change({ numbers: new Map(this.#trial.numbers).set(field, rows) });
    });
    this.#state.setAttribute("role", "status");
    this.#problem.setAttribute("role", "status");
    for (const button of [this.#reset, this.#write, this.#undo, this.#close]) button.type = "button";
    this.#reset.addEventListener("click", () => this.#restore());
    this.#write.addEventListener("click", () => void this.#writeIntoNote());
    this.#undo.addEventListener("click", () => this.#takeBack());
    this.#close.addEventListener("click", () => context.close());
    const head = element("div", "jp-HeedBox-head");
    head.append(this.#title, this.#state, this.#reset, this.#write, this.#undo, this.#close);
    this.node.append(head, this.#temperature.node, this.#scale.node, this.#maskRow, this.#grid.node, this.#problem);
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      context.close();
    });
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  update(): void {
    const { text } = this.#context.figure;
    if (text !== this.#text) {
      this.#text = text;
      void this.#read(text);
    } else this.#show();
  }

  /** What was tried out goes with the tool: the picture is that of the text again. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#frames.stop();
    if (this.#trial !== this.#saved) {
      this.#trial = this.#saved;
      void this.#recompute();
    }
    this.node.remove();
  }

  async #read(text: string | undefined): Promise<void> {
    if (text === undefined) return;
    const { parseWrittenNote } = await import("heed/language");
    if (this.#isDisposed || text !== this.#text) return;
    this.#written = parseWrittenNote(text);
    this.#saved = savedTrial(this.#written);
    this.#trial = this.#saved;
    this.#show();
  }

  #change(changes: Partial<Trial>): void {
    if (!this.#trial) return;
    this.#trial = { ...this.#trial, ...changes };
    this.#frames.request();
    this.#showState();
    this.#offerNumbers();
  }

  #changeMask(changes: Partial<Trial["mask"]>): void {
    if (this.#trial) this.#change({ mask: { ...this.#trial.mask, ...changes } });
  }

  #restore(): void {
    if (!this.#saved || this.#trial === this.#saved) return;
    this.#trial = this.#saved;
    this.#frames.request();
    this.#show();
  }

  async #recompute(): Promise<void> {
    const [written, trial, text] = [this.#written, this.#trial, this.#text];
    if (!written || !trial) return;
    const { computeNote } = await import("heed/language");
    const { figure, surroundings } = this.#context;
    try {
      const note = await computeNote(changedNote(written, trial));
      if (text !== figure.text || figure.isDisposed) return;
      this.#problem.textContent = "";
      figure.showChanged(note);
    } catch (error) {
      // numbers that are too large
      this.#problem.textContent = surroundings.phrases.__(
        "This cannot be computed: %1",
        error instanceof Error ? error.message : String(error),
      );
    }
  }

  async #writeIntoNote(): Promise<void> {
    const [changes, text] = [this.#changes, this.#text];
    const { writer, phrases } = this.#context.surroundings;
    if (!changes || text === undefined || !writer) return;
    const { rewriteNote } = await import("heed/language");
    this.#undoWrite = writer.write(this.#context.figure.node, text, rewriteNote(text, changes));
    this.#isJustWritten = this.#undoWrite !== undefined;
    this.#context.announce(
      this.#undoWrite ? phrases.__("Written into the note.") : phrases.__("This note cannot be written to."),
    );
    this.#showState();
  }

  #takeBack(): void {
    const { phrases } = this.#context.surroundings;
    const isDone = this.#undoWrite?.() === true;
    this.#undoWrite = undefined;
    this.#context.announce(
      isDone ? phrases.__("The note is as it was.") : phrases.__("The note was changed since; undo it in its cell."),
    );
    this.#showState();
  }

  get #changes(): ReturnType<typeof changesOf> {
    return this.#written && this.#saved && this.#trial && changesOf(this.#written, this.#saved, this.#trial);
  }

  #show(): void {
    const { phrases } = this.#context.surroundings;
    const [written, trial] = [this.#written, this.#trial];
    this.node.setAttribute("aria-label", phrases.__("Try out"));
    this.#title.textContent = phrases.__("Try out");
    this.#reset.textContent = phrases.__("Back to the saved note");
    this.#write.textContent = phrases.__("Write into the note");
    this.#undo.textContent = phrases.__("Undo");
    this.#close.setAttribute("aria-label", phrases.__("Close"));
    if (!written || !trial) return;
    const { form } = written.source;
    const { columns } = sizeOf(written);
    this.#temperature.node.hidden = form === "summary" || form === "weights";
    this.#temperature.name(phrases.__("Temperature"));
    this.#temperature.value = placeOfTemperature(trial.temperature);
    this.#scale.node.hidden = trial.scale === undefined;
    this.#scale.name(phrases.__("Scale of q·k"), (scale) => scaleName(scale, phrases));
    this.#scale.value = trial.scale;
    this.#causal.node.hidden = form === "summary";
    this.#causal.name(phrases.__("causal: no key after the query"));
    this.#causal.value = trial.mask.causal;
    this.#lengths.setRange({ min: 0, max: columns, step: 1 });
    this.#lengths.name(phrases.__("Mask"));
    this.#lengths.value = trial.mask.lengths;
    this.#offerNumbers();
    this.#showState();
  }

  #offerNumbers(): void {
    if (this.#written && this.#trial) {
      this.#grid.offer(editableArrays(this.#written), this.#trial.numbers, this.#context.surroundings.phrases);
    }
  }

  #showState(): void {
    keepFocus(
      this.node,
      () => this.#writeState(),
      () => [this.#undo, this.#write, ...this.node.querySelectorAll("input"), this.#close],
    );
    // what takes it back is where what has written it was
    if (!this.#isJustWritten || this.#undo.hidden) return;
    this.#isJustWritten = false;
    if (this.node.contains(document.activeElement)) this.#undo.focus({ preventScroll: true });
  }

  #writeState(): void {
    const { phrases, writer } = this.#context.surroundings;
    const isChanged = this.#changes !== undefined;
    this.node.classList.toggle("jp-mod-changed", isChanged);
    this.#state.textContent = isChanged ? phrases.__("changed, not saved") : "";
    this.#reset.disabled = !isChanged;
    const canWrite = this.#text !== undefined && writer?.canWrite(this.#context.figure.node, this.#text) === true;
    this.#write.hidden = !canWrite;
    this.#write.disabled = !isChanged;
    this.#undo.hidden = this.#undoWrite === undefined || isChanged;
  }

  #sayLengths(keys: number): string {
    const { phrases } = this.#context.surroundings;
    const all = this.#written ? sizeOf(this.#written).columns : keys;
    return keys >= all ? phrases.__("all keys seen") : phrases.__("first %1 of %2 keys seen", keys, all);
  }
}

function scaleName(scale: Scale, phrases: Phrases): string {
  switch (scale) {
    case "dot":
      return phrases.__("1 (dot)");
    case "scaled":
      return phrases.__("1 ÷ √D (scaled)");
    case "cosine":
      return phrases.__("1 ÷ (‖q‖ ‖k‖) (cosine)");
  }
}
