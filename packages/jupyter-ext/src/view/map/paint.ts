import { colourSteps } from "../colour.js";
import type { DrawingOptions } from "../options.js";
import { colourPixels } from "../pixels.js";
import { cellSize, type Camera, type Frame } from "./camera.js";
import { rowsInView, samplePixels } from "./sample.js";
import type { MapContent } from "./scale.js";
import { chooseLevel } from "./source.js";

/** The level that fits the zoom, if its rows are there; until they are, they are asked for, and the next coarser one is taken. */
export function levelAtHand({ source, coloured }: MapContent, frame: Frame, camera: Camera, density: number): number {
  const cell = cellSize(frame, camera.zoom);
  const wanted = chooseLevel(source.levels, { x: cell.x * density, y: cell.y * density });
  for (const [level, found] of source.levels.entries()) {
    if (level < wanted) continue;
    const { start, end } = rowsInView(found, frame, camera);
    let row = start;
    while (row < end && coloured.row(level, row)) row++;
    if (row === end) return level;
    if (level === wanted) source.want(level, start, end);
  }
  return source.levels.length - 1;
}

/** Paints what the camera sees of a level into a canvas of the frame's size. */
export function paintCells(
  canvas: HTMLCanvasElement,
  content: MapContent,
  level: number,
  frame: Frame,
  camera: Camera,
  density: number,
  { colourScale, theme }: DrawingOptions,
): void {
  const values = samplePixels(content.coloured, level, frame, camera, density);
  fitCanvas(canvas, frame, density);
  const pixels = colourPixels(values, content.position, colourSteps(colourScale, theme.dark));
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, canvas.width, canvas.height), 0, 0);
}

/** Gives a canvas a size in pixels of the page; the same size keeps what is drawn. */
export function fitCanvas(
  canvas: HTMLCanvasElement,
  { width, height }: { readonly width: number; readonly height: number },
  density: number,
): void {
  const [across, down] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}
