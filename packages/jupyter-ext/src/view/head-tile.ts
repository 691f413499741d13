import { boxOn, placeOn } from "./client.js";
import type { ColourValues } from "./colour-value.js";
import { element } from "./element.js";
import type { Look } from "./look.js";
import type { DrawingOptions } from "./options.js";
import { pixelImage } from "./image-element.js";
import { coloured, showPixels } from "./pixel-image.js";
import type { Spot } from "./tooltip.js";

/** One head among many: a small picture of its cells. */
export class HeadTile {
  readonly head: number;
  readonly node = element("div", "jp-HeedHeads-tile");
  readonly image = pixelImage("jp-HeedHeads-image");
  readonly #read: () => Look;
  readonly #frame = element("div", "jp-HeedHeads-frame");
  #look: Look | undefined;

  /** @param read decodes the head, when it is first painted or asked about */
  constructor(head: number, size: { readonly width: number; readonly height: number }, read: () => Look) {
    this.head = head;
    this.#read = read;
    this.image.style.width = `${size.width}px`;
    this.image.style.height = `${size.height}px`;
    this.#frame.hidden = true;
    this.node.append(this.image, this.#frame);
  }

  get look(): Look {
    return (this.#look ??= this.#read());
  }

  paint(values: ColourValues, options: DrawingOptions): void {
    showPixels(this.image, coloured(values, options.colourScale, options.theme.dark), this.look.cells.shape);
  }

  /** Frames a cell; none where undefined. */
  frame(at: { readonly row: number; readonly column: number } | undefined): void {
    this.#frame.hidden = !at;
    if (!at) return;
    const [rows, columns] = this.look.cells.shape;
    const { clientWidth, clientHeight, offsetLeft, offsetTop } = this.image;
    const [width, height] = [clientWidth / columns, clientHeight / rows];
    this.#frame.style.width = `${Math.max(4, width)}px`;
    this.#frame.style.height = `${Math.max(4, height)}px`;
    this.#frame.style.transform = `translate(${offsetLeft + at.column * width}px, ${offsetTop + at.row * height}px)`;
  }

  /** Where the picture is, inside an element that may be scrolled. */
  spotIn(element: HTMLElement): Spot {
    const box = boxOn(element, this.image.getBoundingClientRect());
    return { ...box, left: box.left + element.scrollLeft, top: box.top + element.scrollTop };
  }

  /** The cell at a pointer over the tile; beside the picture, the nearest. */
  cellUnder(event: MouseEvent): { readonly row: number; readonly column: number } {
    const [rows, columns] = this.look.cells.shape;
    const { x, y } = placeOn(this.image, event);
    const { clientWidth, clientHeight } = this.image;
    return { row: clamp((y / clientHeight) * rows, rows), column: clamp((x / clientWidth) * columns, columns) };
  }
}

function clamp(place: number, size: number): number {
  return Math.min(Math.max(0, Math.floor(place)), size - 1);
}
