/** Which part of a matrix is on the screen, and how large: pure geometry, in tokens and pixels. */

/** The picture and the matrix in it. */
export interface Frame {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** [rows, columns] of the matrix. */
  readonly size: readonly [number, number];
}

/** What is seen: how much larger than the whole, and the tokens in the top left corner. */
export interface Camera {
  readonly zoom: number;
  readonly row: number;
  readonly column: number;
}

/** The whole matrix. */
export const wholeView: Camera = { zoom: 1, row: 0, column: 0 };

/** Pixels of a cell beyond which there is nothing more to see. */
const largestCell = 40;
const tallest = 520;
/** A side of few cells is no hairline. */
const least = { cell: 24, side: 280 };

/** A picture for a matrix in a place of some width: cells are square unless that would leave a hairline. */
export function frameFor(size: readonly [number, number], width: number): Frame {
  const [rows, columns] = size.map((count) => Math.max(1, count)) as [number, number];
  const cell = Math.min(width / columns, tallest / rows);
  return {
    width: Math.round(Math.min(width, Math.max(columns * cell, Math.min(columns * least.cell, least.side)))),
    height: Math.round(Math.min(tallest, Math.max(rows * cell, Math.min(rows * least.cell, least.side)))),
    size,
  };
}

/** Pixels of a cell: across and down. */
export function cellSize({ width, height, size }: Frame, zoom: number): { readonly x: number; readonly y: number } {
  const [rows, columns] = size;
  const grown = (fit: number): number => Math.min(Math.max(fit, largestCell), fit * zoom);
  return { x: grown(width / Math.max(1, columns)), y: grown(height / Math.max(1, rows)) };
}

/** The zoom at which cells are as large as they get. */
export function mostZoom({ width, height, size }: Frame): number {
  return Math.max(1, (largestCell * size[1]) / width, (largestCell * size[0]) / height);
}

const within = (start: number, count: number, seen: number): number => Math.min(Math.max(0, start), Math.max(0, count - seen));

/** The nearest camera that shows only the matrix. */
export function clampCamera(frame: Frame, camera: Camera): Camera {
  const zoom = Math.min(Math.max(1, camera.zoom), mostZoom(frame));
  const { x, y } = cellSize(frame, zoom);
  return {
    zoom,
    row: within(camera.row, frame.size[0], frame.height / y),
    column: within(camera.column, frame.size[1], frame.width / x),
  };
}

/** Zooms so that what is at a point of the picture (in pixels) stays there. */
export function zoomAt(frame: Frame, camera: Camera, factor: number, x: number, y: number): Camera {
  const before = cellSize(frame, camera.zoom);
  const zoom = Math.min(Math.max(1, camera.zoom * factor), mostZoom(frame));
  const after = cellSize(frame, zoom);
  return clampCamera(frame, {
    zoom,
    row: camera.row + y / before.y - y / after.y,
    column: camera.column + x / before.x - x / after.x,
  });
}

/** Moves the picture by pixels. */
export function panBy(frame: Frame, camera: Camera, x: number, y: number): Camera {
  const cell = cellSize(frame, camera.zoom);
  return clampCamera(frame, { ...camera, row: camera.row - y / cell.y, column: camera.column - x / cell.x });
}

const into = (start: number, at: number, seen: number): number => Math.max(Math.min(start, at), at + 1 - seen);

/** Moves as little as shows a cell. */
export function reveal(frame: Frame, camera: Camera, row: number, column: number): Camera {
  const cell = cellSize(frame, camera.zoom);
  return clampCamera(frame, {
    ...camera,
    row: into(camera.row, row, frame.height / cell.y),
    column: into(camera.column, column, frame.width / cell.x),
  });
}
