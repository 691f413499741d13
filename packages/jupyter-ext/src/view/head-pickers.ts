import { matrixCount, type Note } from "heed/note";
import { offerHeads, offerRows } from "./choices.js";
import { Picker, type Offer } from "./picker.js";
import type { Selection } from "./selection.js";
import type { Surroundings } from "./surroundings.js";
import type { ViewType } from "./view.js";

/** A side of a thumbnail in pixels: few heads large, all heads of all layers small. */
const thumbnailSide = (count: number): number => (count <= 16 ? 44 : count <= 64 ? 32 : 22);
const rowThumbnailSide = 32;

const nothing: Offer = { name: "", choices: [] };

/** The thumbnails above a view to choose a head and, over an image, a token from. */
export class HeadPickers {
  readonly #heads: Picker;
  readonly #rows: Picker;
  /** What each picker's thumbnails were painted of. */
  readonly #painted = new Map<Picker, readonly unknown[]>();

  constructor(onSelect: (selection: Partial<Selection>) => void) {
    this.#heads = new Picker((head) => onSelect({ head }));
    this.#rows = new Picker((row) => onSelect({ row }));
  }

  get nodes(): HTMLElement[] {
    return [this.#heads.node, this.#rows.node];
  }

  offer(note: Note, type: ViewType, { head, row }: Selection, { settings, phrases }: Surroundings): void {
    const dark = document.body.dataset["jpThemeLight"] === "false";
    const colours = [note, settings.colourScale, dark];
    const show = (picker: Picker, offer: Offer, chosen: number, side: number, look: readonly unknown[]): void => {
      picker.offer(offer, side);
      picker.mark(chosen);
      // choosing among many heads does not paint all of them again
      if (look.every((part, i) => part === this.#painted.get(picker)?.[i])) return;
      this.#painted.set(picker, look);
      // they come with the view, which tells why where they do not
      picker.paint(settings.colourScale, dark).catch(() => this.#painted.delete(picker));
    };
    const heads: Offer = type.ofOneHead ? offerHeads(note, phrases) : nothing;
    show(this.#heads, heads, head, thumbnailSide(matrixCount(note)), [...colours, type.ofOneHead]);
    const rows: Offer = type.name === "image" ? offerRows(note, head, phrases) : nothing;
    show(this.#rows, rows, row, rowThumbnailSide, [...colours, type.name, head]);
  }

  stop(): void {
    this.#heads.stop();
    this.#rows.stop();
  }
}
