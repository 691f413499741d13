import { decodeMask, type NoteMask } from "heed/note";

/** A mask of more cells than this is not looked through; its cells are then shown with the weight 0 that they have. */
const mostCells = 16_777_216;

/** By mask and block: of a mask that all heads share, once. */
const known = new WeakMap<NoteMask, Map<string, Uint8Array>>();

/**
 * For each block of a head whether any of its cells may be looked at: 1 or 0, row-major. Undefined where nothing is masked.
 *
 * @param size rows and columns of the head
 */
export function openBlocks(
  mask: NoteMask | undefined,
  head: number,
  size: readonly [number, number],
  block: readonly [number, number],
): Uint8Array | undefined {
  const [rows, columns] = size;
  if (!mask || rows * columns > mostCells) return undefined;
  const isShared = mask.shape.length === 2;
  const key = `${isShared ? 0 : head}/${block.join("×")}`;
  const found = known.get(mask)?.get(key);
  if (found) return found;
  const open = joinBlocks(decodeMask(mask, head), size, block);
  if (isShared) known.set(mask, (known.get(mask) ?? new Map<string, Uint8Array>()).set(key, open));
  return open;
}

function joinBlocks(
  allowed: Uint8Array,
  [rows, columns]: readonly [number, number],
  [down, across]: readonly [number, number],
): Uint8Array {
  if (down === 1 && across === 1) return allowed;
  const width = Math.ceil(columns / across);
  const open = new Uint8Array(Math.ceil(rows / down) * width);
  for (let row = 0, i = 0; row < rows; row++) {
    const start = Math.floor(row / down) * width;
    for (let column = 0; column < columns; column++, i++) {
      if (allowed[i] !== 0) open[start + Math.floor(column / across)] = 1;
    }
  }
  return open;
}

/** Marks what may not be looked at: NaN, as everywhere in drawing. The first value is block `start`, and each next one `step` further. */
export function hideClosed(values: Float32Array, open: Uint8Array | undefined, start = 0, step = 1): void {
  if (!open) return;
  for (let i = 0; i < values.length; i++) if (open[start + i * step] === 0) values[i] = Number.NaN;
}
