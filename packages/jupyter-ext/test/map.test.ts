/** Large heads: no single high weight is hidden at any zoom, on pixels; and what is read of a file. */
import { describe, expect, test } from "vitest";
import { describeExternal, makeNote, type ExternalArray } from "heed/note";
import { Signal } from "@lumino/signaling";
import * as fc from "fast-check";
import { colourAt } from "../src/view/colour.js";
import { labelsOf, roundStep } from "../src/view/map/axes.js";
import {
  cellSize,
  clampCamera,
  frameFor,
  mostZoom,
  panBy,
  reveal,
  wholeView,
  zoomAt,
  type Camera,
  type Frame,
} from "../src/view/map/camera.js";
import { rowsInView, samplePixels } from "../src/view/map/sample.js";
import { contentOf } from "../src/view/map/scale.js";
import { blockAround, cellUnder, placeOfBlock, stepFrom } from "../src/view/map/places.js";
import { SideSource } from "../src/view/map/side-source.js";
import { chooseLevel, MemorySource, type MapSource } from "../src/view/map/source.js";
import type { LevelRows, MatrixLevel } from "../src/view/levels.js";
import type { SideWeights } from "../src/view/side-weights.js";
import { options } from "./drawing-options.js";
import { colourPixels } from "../src/view/pixels.js";

const [rows, columns] = [1031, 769];
const spike = { row: 641, column: 523 };

/** Weights of 1/1024 with one cell of 0.9. */
function planted(): Float32Array {
  const values = new Float32Array(rows * columns).fill(1 / 1024);
  values[spike.row * columns + spike.column] = 0.9;
  return values;
}

const inMemory = (values = planted()): MemorySource =>
  new MemorySource({ size: [rows, columns], block: [1, 1], shape: [rows, columns], values });

/** What a reader sees: the pixels of the level that fits the zoom. */
function see(source: MapSource, frame: Frame, camera: Camera, density: number): Float32Array {
  const cell = cellSize(frame, camera.zoom);
  const level = chooseLevel(source.levels, { x: cell.x * density, y: cell.y * density });
  return samplePixels(source, level, frame, camera, density);
}

/** Cameras from the whole matrix to the largest cells, all with the planted cell in sight. */
function cameras(frame: Frame): Camera[] {
  const found: Camera[] = [];
  for (let zoom = 1; zoom < mostZoom(frame) * 1.3; zoom *= 1.13) {
    found.push(clampCamera(frame, reveal(frame, { zoom, row: 600.37, column: 500.61 }, spike.row, spike.column)));
  }
  return found;
}

describe("a single cell of 0.9 among 792,839", () => {
  const source = inMemory();
  const colours = Array.from({ length: 256 }, (_, i) => colourAt("blue", false, i / 255));
  const [r, g, b] = colourAt("blue", false, 1);

  test.each([1, 1.25, 2])("has a pixel of the darkest colour at every zoom, on a screen of density %f", (density) => {
    const frame = frameFor(source.size, 700);
    const all = cameras(frame);
    expect(all.length).toBeGreaterThan(30);
    for (const camera of all) {
      const values = see(source, frame, camera, density);
      const pixels = colourPixels(values, (value) => value / 0.9, colours);
      const seen = values.reduce((count, value) => count + Number(value > 0.89), 0);
      expect(seen, `zoom ${camera.zoom}`).toBeGreaterThan(0);
      const at = values.findIndex((value) => value > 0.89);
      expect(Array.from(pixels.subarray(at * 4, at * 4 + 4))).toEqual([r, g, b, 255]);
      // and it does not grow beyond what its own cell covers, but for the pixels that it only touches
      const cell = cellSize(frame, camera.zoom);
      const most = (size: number): number => Math.ceil(Math.max(1, size * density)) + 2;
      expect(seen, `zoom ${camera.zoom}`).toBeLessThanOrEqual(most(cell.x) * most(cell.y));
    }
  });

  test("is seen wherever it is", () => {
    fc.assert(
      fc.property(
        fc.record({ row: fc.nat(rows - 1), column: fc.nat(columns - 1), zoom: fc.double({ min: 1, max: 60, noNaN: true }) }),
        ({ row, column, zoom }) => {
          const values = new Float32Array(rows * columns);
          values[row * columns + column] = 0.9;
          const frame = frameFor([rows, columns], 333);
          const camera = reveal(frame, { zoom, row: row - 3.3, column: column - 1.7 }, row, column);
          expect(largest(see(inMemory(values), frame, camera, 1))).toBeGreaterThan(0.89);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("masked cells are drawn as nothing, also within blocks", () => {
  const values = planted().fill(Number.NaN, 0, 512 * columns);
  const frame = frameFor([rows, columns], 300);
  const seen = see(inMemory(values), frame, wholeView, 1);
  const pixels = colourPixels(seen, (value) => value, [colourAt("blue", false, 0)]);
  expect(pixels[3]).toBe(0);
  expect(pixels.at(-1)).toBe(255);
});

describe("the camera", () => {
  const frame = frameFor([4096, 4096], 700);

  test("shows the whole first, squarely", () => {
    expect(frame).toEqual({ width: 520, height: 520, size: [4096, 4096] });
    expect(cellSize(frame, 1).x * 4096).toBeCloseTo(520, 6);
  });

  test("keeps what is under the pointer under the pointer", () => {
    const camera = zoomAt(frame, { zoom: 8, row: 1000, column: 2000 }, 2, 260, 130);
    const [before, after] = [cellSize(frame, 8), cellSize(frame, 16)];
    expect(camera.row + 130 / after.y).toBeCloseTo(1000 + 130 / before.y, 6);
    expect(camera.column + 260 / after.x).toBeCloseTo(2000 + 260 / before.x, 6);
  });

  test("never leaves the matrix", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ zoom: fc.double({ min: 0.1, max: 10, noNaN: true }), x: fc.integer(), y: fc.integer() }), {
          maxLength: 20,
        }),
        (steps) => {
          let camera = wholeView;
          for (const { zoom, x, y } of steps)
            camera = panBy(frame, zoomAt(frame, camera, zoom, x % 520, y % 520), x % 9999, y % 9999);
          const cell = cellSize(frame, camera.zoom);
          expect(Math.min(camera.row, camera.column)).toBeGreaterThanOrEqual(0);
          const ends = [camera.row + frame.height / cell.y, camera.column + frame.width / cell.x];
          expect(Math.max(...ends)).toBeLessThanOrEqual(4096 + 1e-6);
        },
      ),
    );
  });

  test("gives few columns beside many rows a width", () => {
    const tall = frameFor([10_000, 12], 700);
    expect(tall.width).toBe(280);
    expect(tall.height).toBe(520);
    expect(cellSize(tall, 1).x).toBeCloseTo(280 / 12, 6);
  });
});

const measure = (text: string): number => text.length * 6;

describe("labels", () => {
  const tokens = Array.from({ length: 500 }, (_, i) => `t${i}`);

  test("are tokens where cells have room for them, and round numbers otherwise", () => {
    expect(labelsOf(tokens, 10.5, 20, 100, measure).map(({ text, at }) => [text, at])).toEqual([
      ["t10", 0],
      ["t11", 20],
      ["t12", 40],
      ["t13", 60],
      ["t14", 80],
      ["t15", 100],
    ]);
    expect(labelsOf(tokens, 0, 1, 500, measure).map(({ text }) => text)).toEqual(["1", "101", "201", "301", "401"]);
  });

  test.each([
    [0.3, 1],
    [1.2, 2],
    [3, 5],
    [7, 10],
    [56, 100],
    [201, 500],
  ])("every %f becomes every %i", (least, step) => {
    expect(roundStep(least)).toBe(step);
  });
});

/** A file that keeps count of what is read of it. */
class Recorded implements SideWeights {
  readonly state = "ready";
  readonly detail = "";
  readonly changed: Signal<SideWeights, void> = new Signal<SideWeights, void>(this);
  readonly levels: readonly MatrixLevel[];
  readonly asked: string[] = [];
  readonly array: ExternalArray;
  readonly #values: Float32Array;

  constructor(array: ExternalArray, values: Float32Array) {
    this.array = array;
    this.#values = values;
    this.levels = [{ block: [1, 1], shape: [array.shape.at(-2) ?? 0, array.shape.at(-1) ?? 0] }];
  }

  async rows(level: number, head: number, start: number, end: number): Promise<LevelRows> {
    this.asked.push(`${level}/${head}: ${start}–${end}`);
    const [, height = 0, width = 0] = this.array.shape;
    return { max: this.#values.subarray((head * height + start) * width, (head * height + end) * width) };
  }

  retry(): void {
    // nothing was wrong
  }
}

const largest = (pixels: Float32Array): number => pixels.reduce((most, value) => Math.max(most, value), 0);

describe("a head in a file", () => {
  const shape = [2, 1543, 1543];
  const size = 1543 * 1543;
  const values = new Float32Array(2 * size).fill(1 / 1543);
  values[size + 1200 * 1543 + 77] = 0.9;
  const array = describeExternal({ shape, data: values }, { file: "a.safetensors", tensor: "w", maxError: 0 });

  test("is drawn from the overview at once, and from the rows in sight when they are there", async () => {
    const side = new Recorded(array, values);
    let arrivals = 0;
    const source = new SideSource(side, 1, undefined, () => arrivals++);
    const frame = frameFor(source.size, 500);
    const camera = clampCamera(frame, { zoom: 12, row: 1190, column: 50 });
    const level = chooseLevel(source.levels, cellSize(frame, camera.zoom));
    expect(level).toBe(0);
    const { start, end } = rowsInView(source.levels[0] ?? { block: [1, 1], shape: [0, 0] }, frame, camera);
    expect([start, end]).toEqual([1190, 1319]);
    expect(source.row(0, 1200)).toBeUndefined();
    expect(largest(samplePixels(source, 1, frame, camera, 1))).toBeCloseTo(0.9, 2);

    source.want(0, start, end);
    await expect.poll(() => arrivals).toBe(1);
    expect(source.row(0, 1200)?.max[77]).toBe(Math.fround(0.9));
    expect(largest(samplePixels(source, 0, frame, camera, 1))).toBe(Math.fround(0.9));
    // in bands of 84 rows, only those in sight, and nothing twice
    expect(side.asked).toEqual(["0/1: 1176–1344"]);
    source.want(0, start, end);
    expect(side.asked).toHaveLength(1);
  });

  test("is coloured on the scale of all its weights, whatever is in sight", () => {
    const external = { file: "a.safetensors", tensor: "w", maxError: 0 };
    const note = makeNote({ weights: { shape, data: values }, external, normalised: false });
    const content = contentOf(
      { note, selection: { head: 1, row: 0 }, options: options(), side: new Recorded(array, values) },
      () => undefined,
    );
    expect(content.source).toBeInstanceOf(SideSource);
    expect(content.legend).toMatchObject({ low: "0", high: "0.9" });
    expect(content.position(0.45)).toBeCloseTo(0.5, 2);
    content.stop();
  });
});

describe("what may not be looked at in a file", () => {
  const size = 1100;
  const values = new Float32Array(size * size);
  for (let row = 0; row < size; row++) values.fill(1 / (row + 1), row * size, row * size + row + 1);
  const note = makeNote({
    weights: { shape: [1, size, size], data: values },
    mask: { shape: [size, size], data: values.map((value) => Number(value > 0)) },
    external: { file: "a.safetensors", tensor: "w", maxError: 0 },
  });

  test("is nothing in the overview, and nothing in the rows that were read", async () => {
    const array = note.weights as ExternalArray;
    const side = new Recorded(array, values.slice());
    let arrivals = 0;
    const source = new SideSource(side, 0, note.mask, () => arrivals++);
    const block = array.overview.block[1];
    const last = source.levels.length - 1;
    expect(source.row(last, 3)?.max[3]).toBeGreaterThan(0);
    expect(source.row(last, 3)?.max[4]).toBeNaN();
    source.want(0, 700, 710);
    await expect.poll(() => arrivals).toBe(1);
    expect(source.row(0, 700)?.max[700]).toBeCloseTo(1 / 701, 6);
    expect(source.row(0, 700)?.max[701]).toBeNaN();
    expect(block).toBeGreaterThan(1);
  });
});

describe("cells of a map", () => {
  const frame = frameFor([100, 200], 400);
  const geometry = { frame, camera: { zoom: 4, row: 10.5, column: 20.25 }, margins: { left: 30, top: 7 } };

  test("are found under the pointer where they are drawn, and nowhere beside them", () => {
    for (const cell of [
      { row: 11, column: 21 },
      { row: 30, column: 60 },
    ]) {
      const { left, top, width, height } = placeOfBlock({ ...cell, height: 1, width: 1 }, geometry);
      expect(cellUnder(geometry, left + width / 2, top + height / 2)).toEqual(cell);
    }
    expect(cellUnder(geometry, 29, 50)).toBeUndefined();
    expect(cellUnder(geometry, 50, 6)).toBeUndefined();
    expect(cellUnder(geometry, 30 + frame.width, 50)).toBeUndefined();
  });

  test("are walked block by block, to the edge and not beyond it", () => {
    expect(blockAround({ row: 13, column: 7 }, [4, 4])).toEqual({ row: 12, column: 4, height: 4, width: 4 });
    expect(stepFrom({ row: 13, column: 7 }, [1, 0], [4, 4], frame)).toEqual({ row: 16, column: 7 });
    expect(stepFrom({ row: 1, column: 198 }, [-1, 1], [4, 4], frame)).toEqual({ row: 0, column: 199 });
  });
});
