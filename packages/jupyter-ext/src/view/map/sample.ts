import type { Camera, Frame } from "./camera.js";
import { cellSize } from "./camera.js";
import type { MatrixLevel } from "../levels.js";
import type { MapSource } from "./source.js";

/** The blocks that each pixel along an axis touches: from `first` to `last`. */
interface Touched {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** The rows of a level that are on the screen: from `start` up to `end`. */
export function rowsInView(level: MatrixLevel, frame: Frame, camera: Camera): { readonly start: number; readonly end: number } {
  const { y } = cellSize(frame, camera.zoom);
  const block = level.block[0];
  return {
    start: Math.max(0, Math.floor(camera.row / block)),
    end: Math.min(level.shape[0], Math.ceil((camera.row + frame.height / y) / block)),
  };
}

/**
 * The value of each pixel: the largest of all blocks that it touches, so that a single high weight is seen at every size. Where a block
 * is larger than a pixel, the block in the pixel's middle. NaN where nothing but masked cells is, or nothing is at hand.
 *
 * @param density pixels of the screen in a pixel of the page
 */
export function samplePixels(source: MapSource, level: number, frame: Frame, camera: Camera, density: number): Float32Array {
  const [width, height] = [Math.round(frame.width * density), Math.round(frame.height * density)];
  const pixels = new Float32Array(width * height).fill(Number.NaN);
  const found = source.levels[level];
  if (!found) return pixels;
  const cell = cellSize(frame, camera.zoom);
  const across = touchedBlocks(width, camera.column, 1 / (cell.x * density), found.block[1], found.shape[1]);
  const down = touchedBlocks(height, camera.row, 1 / (cell.y * density), found.block[0], found.shape[0]);
  let painted: readonly [number, number] = [-1, -1];
  for (let y = 0; y < height; y++) {
    const [first, last] = [down.first[y] ?? 0, down.last[y] ?? -1];
    const start = y * width;
    // neighbouring pixels of one large block look the same
    if (first === painted[0] && last === painted[1]) {
      pixels.copyWithin(start, start - width, start);
      continue;
    }
    painted = [first, last];
    for (let row = first; row <= last; row++) {
      const values = source.row(level, row)?.max;
      if (values) addRow(pixels, start, width, values, across);
    }
  }
  return pixels;
}

function addRow(pixels: Float32Array, start: number, width: number, values: Float32Array, across: Touched): void {
  for (let x = 0; x < width; x++) {
    let largest = pixels[start + x] ?? Number.NaN;
    const last = across.last[x] ?? -1;
    for (let column = across.first[x] ?? 0; column <= last; column++) {
      const value = values[column] ?? Number.NaN;
      if (!(largest >= value) && !Number.isNaN(value)) largest = value;
    }
    pixels[start + x] = largest;
  }
}

function touchedBlocks(pixels: number, start: number, tokens: number, block: number, count: number): Touched {
  const [first, last] = [new Int32Array(pixels), new Int32Array(pixels)];
  const isLarge = block > tokens;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = start + pixel * tokens;
    const middle = Math.floor((from + tokens / 2) / block);
    first[pixel] = Math.min(count - 1, Math.max(0, isLarge ? middle : Math.floor(from / block)));
    last[pixel] = Math.min(count - 1, isLarge ? middle : Math.ceil((from + tokens) / block - 1e-9) - 1);
  }
  return { first, last };
}
