import { element } from "../element.js";
import type { DrawingOptions } from "../options.js";
import { cellSize, wholeView, type Camera, type Frame } from "./camera.js";
import { paintCells } from "./paint.js";
import type { MapContent } from "./scale.js";
import { chooseLevel } from "./source.js";

/** Pixels of the longer side. */
const side = 84;

/** The whole matrix in a corner while only a part of it is seen, with a frame around that part. */
export class MiniMap {
  readonly node = element("div", "jp-HeedMap-mini");
  readonly #canvas = element("canvas", "jp-HeedMap-miniCells");
  readonly #seen = element("div", "jp-HeedMap-seen");

  constructor() {
    this.node.setAttribute("aria-hidden", "true");
    this.node.hidden = true;
    this.node.append(this.#canvas, this.#seen);
  }

  /** Paints the whole from what is at hand of it. */
  paint(content: MapContent, { width, height, size }: Frame, density: number, options: DrawingOptions): void {
    const scale = side / Math.max(width, height);
    const frame = { width: Math.ceil(width * scale), height: Math.ceil(height * scale), size };
    const { levels } = content.source;
    const wanted = chooseLevel(levels, cellSize(frame, 1));
    const level = content.coloured.row(wanted, 0) ? wanted : levels.length - 1;
    paintCells(this.#canvas, content, level, frame, wholeView, density, options);
  }

  /** Frames what is seen; hides where that is everything. */
  frame(frame: Frame, camera: Camera): void {
    this.node.hidden = camera.zoom < 1.2;
    const cell = cellSize(frame, camera.zoom);
    const [rows, columns] = frame.size;
    Object.assign(this.#seen.style, {
      left: share(camera.column, columns),
      top: share(camera.row, rows),
      width: share(Math.min(columns, frame.width / cell.x), columns),
      height: share(Math.min(rows, frame.height / cell.y), rows),
    });
  }
}

const share = (part: number, whole: number): string => `${(100 * part) / Math.max(1, whole)}%`;
