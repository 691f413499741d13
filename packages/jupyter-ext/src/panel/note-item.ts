import type { IDisposable } from "@lumino/disposable";
import { describeNote, type Note } from "heed/note";
import type { IFigures } from "../figures.js";
import type { NoteEntry } from "../notes/notebook-notes.js";
import { problemOf } from "../notes/problem.js";
import { element } from "../view/element.js";
import { thumbnailCellsOf } from "../view/choices.js";
import { pixelImage } from "../view/image-element.js";
import { thumbnailSize } from "../view/thumbnail-size.js";
import { loadThumbnails } from "../view/views.js";
import { unwatchViewport, watchViewport } from "../view/viewport.js";
import { kindName, sizeText } from "../view/wording.js";

type PaintThumbnail = Awaited<ReturnType<typeof loadThumbnails>>["paintThumbnail"];

const side = 44;

/** One note in the panel: thumbnail, title, kind and cell. Reads its note only once it is visible. */
export class NoteItem implements IDisposable {
  readonly node = element("li", "jp-HeedPanel-item");
  readonly button = element("button", "jp-HeedPanel-button");
  readonly #figures: IFigures;
  readonly #thumbnail = pixelImage("jp-HeedPanel-thumbnail");
  readonly #title = element("span", "jp-HeedPanel-title");
  readonly #kind = element("span", "jp-HeedPanel-detail");
  readonly #place = element("span", "jp-HeedPanel-detail");
  readonly #stale = element("span", "jp-HeedPanel-stale");
  readonly pin = element("button", "jp-HeedPanel-pin");
  #entry: NoteEntry;
  #visible = false;
  #isPinned = false;
  #shown = "";
  #isDisposed = false;

  constructor(entry: NoteEntry, figures: IFigures) {
    this.#entry = entry;
    this.#figures = figures;
    this.button.type = "button";
    const text = element("span", "jp-HeedPanel-text");
    text.append(this.#title, this.#kind, this.#place);
    const frame = element("span", "jp-HeedPanel-frame");
    frame.append(this.#thumbnail);
    this.#thumbnail.hidden = true;
    text.append(this.#stale);
    this.button.append(frame, text);
    this.pin.type = "button";
    // the key P and the details reach it as well; another stop for each note would make the list long
    this.pin.tabIndex = -1;
    this.node.append(this.button, this.pin);
    watchViewport(this.node, (nearness) => {
      this.#visible = nearness === "near";
      void this.#read();
    });
    this.update(entry);
  }

  get entry(): NoteEntry {
    return this.#entry;
  }

  get isPinned(): boolean {
    return this.#isPinned;
  }

  /** The picture and the title, for what follows the pointer when the note is dragged. */
  makeDragImage(): HTMLElement {
    const image = element("div", "jp-HeedPanel-drag");
    image.append(this.#thumbnail.cloneNode(), element("span", "", this.#title.textContent ?? ""));
    return image;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  update(entry: NoteEntry, isPinned = false): void {
    this.#entry = entry;
    this.#isPinned = isPinned;
    const { phrases } = this.#figures;
    const cell = phrases.__("Cell %1", entry.cell + 1);
    const origin = entry.origin === "written" ? phrases.__("written") : phrases.__("computed");
    this.#place.textContent = `${cell} · ${origin}`;
    this.#stale.hidden = !entry.isStale;
    this.#stale.textContent = phrases.__("cell changed since");
    this.node.classList.toggle("jp-mod-pinned", isPinned);
    this.pin.title = isPinned ? phrases.__("Unpin") : phrases.__("Pin");
    this.pin.setAttribute("aria-label", `${this.pin.title}: ${cell}`);
    this.pin.setAttribute("aria-pressed", String(isPinned));
    void this.#read();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    unwatchViewport(this.node);
    this.node.remove();
  }

  async #read(): Promise<void> {
    const { settings, language } = this.#figures;
    const dark = document.body.dataset["jpThemeLight"] === "false";
    const wanted = `${language} ${settings.colourScale} ${String(dark)} ${this.#entry.content}`;
    if (!this.#visible || wanted === this.#shown) return;
    this.#shown = wanted;
    try {
      const [note, { paintThumbnail }] = await Promise.all([this.#entry.read(language), loadThumbnails()]);
      if (wanted === this.#shown && !this.#isDisposed) this.#show(note, dark, paintThumbnail);
    } catch (error) {
      if (wanted === this.#shown && !this.#isDisposed) this.#explain(error);
    }
  }

  #show(note: Note, dark: boolean, paintThumbnail: PaintThumbnail): void {
    const { phrases, settings } = this.#figures;
    const cells = thumbnailCellsOf(note, 0);
    paintThumbnail(this.#thumbnail, cells, settings.colourScale, dark);
    const { width, height } = thumbnailSize(cells.shape, side);
    this.#thumbnail.style.width = `${width}px`;
    this.#thumbnail.style.height = `${height}px`;
    this.#thumbnail.hidden = false;
    this.node.classList.remove("jp-mod-wrong");
    this.#title.textContent = note.title ?? describeNote(note, this.#figures.language);
    this.#kind.textContent = `${kindName(note, phrases)} · ${sizeText(note, phrases)}`;
  }

  #explain(error: unknown): void {
    this.#thumbnail.hidden = true;
    this.node.classList.add("jp-mod-wrong");
    this.#title.textContent = this.#figures.phrases.__("Cannot be drawn");
    const { message, places } = problemOf(error);
    this.#kind.textContent = places[0]?.message ?? message;
  }
}
