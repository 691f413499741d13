import type { IFigures } from "../figures.js";
import { element } from "../view/element.js";
import type { NoteFigure } from "../view/note-figure.js";
import { openOnServer } from "./beside.js";
import { SideFile } from "./side-file.js";
import { SideFileError } from "./side-file-error.js";
import { attentionTensors, sliceOf, type TensorReading } from "./tensor-choice.js";
import { noteOfTensor } from "./tensor-note.js";
import { TensorPicker } from "./tensor-picker.js";
import { openSafetensors, type OpenedFile } from "./weights-file.js";

/** A `.safetensors` file as attention: a tensor is chosen, its axes are named, and its weights are drawn like those of any note. */
export class TensorsView {
  readonly node = element("div", "jp-HeedTensorsView");
  readonly #figures: IFigures;
  readonly #path: () => string;
  readonly #picker = new TensorPicker((reading) => void this.#show(reading));
  readonly #status = element("p", "jp-HeedTensors-status");
  readonly #figure: NoteFigure;
  readonly #unfollow: () => void;
  #file: OpenedFile | undefined;
  #showing = new AbortController();

  /** @param path of the file, which may be renamed */
  constructor(figures: IFigures, path: () => string) {
    this.#figures = figures;
    this.#path = path;
    this.#figure = figures.create();
    this.#status.setAttribute("role", "status");
    this.#figure.node.hidden = true;
    this.node.append(this.#picker.node, this.#status, this.#figure.node);
    this.#unfollow = figures.onChange(() => this.#offer());
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
      this.#offer();
      if (this.#picker.reading) await this.#show(this.#picker.reading);
      else this.#say(phrases.__("No tensor of this file can be attention: the last two axes are queries and keys."));
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
    if (this.#file) this.#picker.offer(attentionTensors(this.#file.header), this.#figures.phrases);
  }

  async #show(reading: TensorReading): Promise<void> {
    const file = this.#file;
    if (!file) return;
    this.#showing.abort();
    const { signal } = (this.#showing = new AbortController());
    const { phrases } = this.#figures;
    this.#say(phrases.__("Reading %1 …", reading.tensor));
    try {
      const onProgress = (done: number, all: number): void => {
        if (!signal.aborted && all > 1) this.#say(phrases.__("Reading %1: %2 of %3 heads", reading.tensor, done, all));
      };
      const note = await noteOfTensor(file, this.#name(), reading, onProgress, signal);
      if (signal.aborted) return;
      this.#say("");
      const shape = file.header.entries.get(reading.tensor)?.shape ?? [];
      const { matrices } = sliceOf(shape, reading);
      this.#figure.node.hidden = false;
      this.#figure.show(note, (array) =>
        Promise.resolve(
          new SideFile(array, () => openOnServer(this.#figures.services, this.#path()), {
            shape,
            matrixOf: (head) => matrices[head] ?? 0,
          }),
        ),
      );
    } catch (error) {
      if (!signal.aborted) this.#explain(error);
    }
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
