import type { IFigures } from "../figures.js";
import { element } from "../view/element.js";
import type { NoteFigure } from "../view/note-figure.js";
import type { Phrases } from "../view/options.js";
import { openOnServer } from "./beside.js";
import { SideFile } from "./side-file.js";
import { SideFileError } from "./side-file-error.js";
import { attentionTensors, guessReading, obstacleOf, type TensorReading } from "./tensor-choice.js";
import { noteOfTensor, type ReadNote } from "./tensor-note.js";
import { findOrder, partSize, placesOf } from "./tensor-order.js";
import { TensorPicker } from "./tensor-picker.js";
import type { TensorOption } from "./tensor-stack.js";
import { openSafetensors, type OpenedFile } from "./weights-file.js";

/** Tensors whose obstacle is named one by one. */
const mostRefused = 5;

/** A `.safetensors` file as attention: a tensor is chosen, its axes are named, and its weights are drawn like those of any note. */
export class TensorsView {
  readonly node = element("div", "jp-HeedTensorsView");
  readonly #figures: IFigures;
  readonly #path: () => string;
  readonly #picker = new TensorPicker((reading, isGuess) => void this.#show(reading, isGuess));
  readonly #status = element("p", "jp-HeedTensors-status");
  readonly #remarks = element("div", "jp-HeedTensors-remarks");
  readonly #figure: NoteFigure;
  readonly #unfollow: () => void;
  #file: OpenedFile | undefined;
  #options: readonly TensorOption[] = [];
  #shown: ReadNote | undefined;
  #isReordered = false;
  #showing = new AbortController();

  /** @param path of the file, which may be renamed */
  constructor(figures: IFigures, path: () => string) {
    this.#figures = figures;
    this.#path = path;
    this.#figure = figures.create();
    this.#status.setAttribute("role", "status");
    this.#remarks.setAttribute("role", "note");
    this.#figure.node.hidden = true;
    this.node.append(this.#picker.node, this.#status, this.#remarks, this.#figure.node);
    this.#unfollow = figures.onChange(() => {
      this.#offer();
      this.#remark();
    });
    void this.open();
  }

  /** Reads the file, and once more when it has changed. */
  async open(): Promise<void> {
    const { phrases, services } = this.#figures;
    this.#showing.abort();
    const showing = (this.#showing = new AbortController());
    this.#say(phrases.__("Reading %1 …", this.#name()));
    try {
      const file = await openSafetensors(await openOnServer(services, this.#path()), this.#name());
      if (showing.signal.aborted) return;
      this.#file = file;
      this.#options = attentionTensors(file.header);
      this.#offer();
      if (this.#picker.reading) await this.#show(this.#picker.reading, true);
      else this.#refuse(file, phrases);
    } catch (error) {
      if (!showing.signal.aborted) this.#explain(error);
    }
  }

  dispose(): void {
    this.#showing.abort();
    this.#unfollow();
    this.#figure.dispose();
    this.node.remove();
  }

  #name(): string {
    return this.#path().split("/").at(-1) ?? "";
  }

  #offer(): void {
    if (this.#file) this.#picker.offer(this.#options, this.#figures.phrases);
  }

  /** @param isGuess whether the order of the axes is still to be found out */
  async #show(reading: TensorReading, isGuess: boolean): Promise<void> {
    const file = this.#file;
    const option = this.#options.find(({ name }) => name === reading.tensor);
    if (!file || !option) return;
    this.#showing.abort();
    const { signal } = (this.#showing = new AbortController());
    const { phrases } = this.#figures;
    this.#shown = undefined;
    this.#remark();
    this.#say(phrases.__("Reading %1 …", reading.tensor));
    try {
      const order = isGuess ? await findOrder(file, option, signal) : undefined;
      if (signal.aborted) return;
      const read = order ? guessReading(option, order) : reading;
      if (order) this.#picker.suggest(read, phrases);
      this.#isReordered = order !== undefined;
      const onProgress = (done: number, all: number): void => {
        if (!signal.aborted && all > 1) this.#say(phrases.__("Reading %1: %2 of %3 heads", reading.tensor, done, all));
      };
      const source = { file, name: this.#name(), option, isOneOfMany: this.#isOneOfMany(option) };
      const shown = await noteOfTensor(source, read, onProgress, signal);
      if (signal.aborted) return;
      this.#say("");
      this.#shown = shown;
      this.#remark();
      this.#draw(option, read, shown);
    } catch (error) {
      if (!signal.aborted) this.#explain(error);
    }
  }

  #draw(option: TensorOption, reading: TensorReading, { note }: ReadNote): void {
    const { shape, starts } = placesOf(option, reading);
    const [rows = 1, columns = 1] = shape.slice(-2);
    const size = partSize(option);
    this.#figure.node.hidden = false;
    this.#figure.show(note, (array) =>
      Promise.resolve(
        new SideFile(array, () => openOnServer(this.#figures.services, this.#path()), {
          shape: option.shape.slice(option.labels.length),
          placeOf: (head) => {
            const part = Math.floor((starts[head] ?? 0) / size);
            return {
              tensor: option.parts[part] ?? array.tensor,
              matrix: ((starts[head] ?? 0) - part * size) / (rows * columns),
            };
          },
        }),
      ),
    );
  }

  /** Whether there is another tensor that could be meant: neither part of this one nor one that it is part of. */
  #isOneOfMany({ parts }: TensorOption): boolean {
    return this.#options.some((other) => other.parts.every((part) => !parts.includes(part)));
  }

  /** What the reader must know of how the file was read. */
  #remark(): void {
    const { phrases } = this.#figures;
    const { misfit, isMasked = false } = this.#shown ?? {};
    const remarks = [
      ...(misfit
        ? [
            phrases.__(
              "The file names %1 tokens, but this axis has %2 places: its places are numbered instead.",
              misfit.tokens,
              misfit.places,
            ),
          ]
        : []),
      ...(this.#shown && this.#isReordered
        ? [
            phrases.__(
              "Queries and keys are not the last two axes here, as far as the numbers tell. Is that right? Choose above.",
            ),
          ]
        : []),
      ...(isMasked ? [phrases.__("Cells that are 0 in every head are taken for masked.")] : []),
    ];
    this.#remarks.hidden = remarks.length === 0;
    this.#remarks.replaceChildren(...remarks.map((remark) => element("p", "jp-HeedTensors-remark", remark)));
  }

  /** Why no tensor of the file can be attention, tensor by tensor. */
  #refuse({ header }: OpenedFile, phrases: Phrases): void {
    const entries = [...header.entries];
    const reasons = entries.slice(0, mostRefused).flatMap(([name, entry]) => {
      const sizes = `[${entry.shape.join(", ")}]`;
      switch (obstacleOf(entry)) {
        case "type":
          return [phrases.__("%1 is of type %2; weights are F16, BF16, F32 or F64.", name, entry.dtype)];
        case "axes":
          return [phrases.__("%1 %2 has fewer than two axes, queries and keys.", name, sizes)];
        case "empty":
          return [phrases.__("%1 %2 is empty.", name, sizes)];
        case "large":
          return [phrases.__("%1 %2 has too many places along an axis.", name, sizes)];
        case undefined:
          return [];
      }
    });
    const more = entries.length - mostRefused;
    this.#say(
      [
        phrases.__("No tensor of this file can be attention."),
        ...(entries.length === 0 ? [phrases.__("It has no tensors.")] : reasons),
        ...(more > 0 ? [phrases._n("and %1 more", "and %1 more", more)] : []),
      ].join(" "),
    );
    this.#status.classList.add("jp-mod-wrong");
  }

  #say(text: string): void {
    this.#status.hidden = text === "";
    this.#status.textContent = text;
    this.#status.classList.remove("jp-mod-wrong");
  }

  #explain(error: unknown): void {
    const { phrases } = this.#figures;
    this.#figure.node.hidden = true;
    const detail = error instanceof Error ? error.message : String(error);
    this.#say(
      error instanceof RangeError
        ? phrases.__("The tensor is too large to be read as a whole; choose one of its layers. (%1)", detail)
        : error instanceof SideFileError && error.fault === "broken"
          ? phrases.__("This cannot be read as attention: %1", detail)
          : phrases.__("The file could not be read: %1", detail),
    );
    this.#status.classList.add("jp-mod-wrong");
  }
}
