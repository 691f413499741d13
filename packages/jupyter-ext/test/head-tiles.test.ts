import { makeNote, type Note } from "heed/note";
import { expect, test } from "vitest";
import { cellsOf } from "../src/view/cells.js";
import { colourTogether, headFacts, layOutGrid, layOutLayer } from "../src/view/head-tiles.js";
import { palettePixels } from "../src/view/pixels.js";
import { viewsOf } from "../src/view/views.js";
import { headName } from "../src/view/wording.js";
import { english } from "./drawing-options.js";

const uniform = (layers: number, heads: number): Note =>
  makeNote({ weights: { shape: [layers, heads, 2, 2], data: new Float32Array(layers * heads * 4).fill(0.5) } });

const names = (note: Note): string[] => viewsOf(note).map(({ name }) => name);

test.each([400, 700, 1_100, 2_400])("a grid of 12 × 12 heads fits %i pixels", (width) => {
  const { side, columns, heads } = layOutGrid(uniform(12, 12), width, 44);
  expect(columns).toBe(12);
  expect(heads).toHaveLength(144);
  expect(44 + columns * (side + 4)).toBeLessThanOrEqual(width);
});

test("the heads of a layer fill their rows and fit the width", () => {
  const { heads, columns, side } = layOutLayer(uniform(3, 12), 2, 900);
  expect(heads).toEqual(Array.from({ length: 12 }, (_, head) => 24 + head));
  expect(columns).toBe(4);
  expect(columns * (side + 4) - 4).toBeLessThanOrEqual(900);
  const narrow = layOutLayer(uniform(3, 12), 0, 400);
  expect(narrow.columns * (narrow.side + 4) - 4).toBeLessThanOrEqual(400);
});

test("heads on one scale have the same colour for the same weight", () => {
  const note = makeNote({
    weights: [
      [
        [0.2, 0.8],
        [0.5, 0.5],
      ],
      [
        [0.2, 0.8],
        [1, 0],
      ],
    ],
  });
  const cells = [0, 1].map((head) => cellsOf(note, head, [48, 48]));
  for (const meaning of ["global", "log"] as const) {
    const [first, second] = colourTogether(cells, meaning, english).map(({ values, low, high }) =>
      palettePixels(values, (value) => (value - low) / (high - low), 255),
    );
    expect(first?.slice(0, 2)).toEqual(second?.slice(0, 2));
  }
  expect(colourTogether(cells, "global", english).map(({ high }) => high)).toEqual([1, 1]);
});

test("masked cells are clear, all others have a colour", () => {
  const note = makeNote({
    weights: [
      [1, 0],
      [0.5, 0.5],
    ],
    mask: [
      [1, 0],
      [1, 1],
    ],
  });
  const [coloured] = colourTogether([cellsOf(note, 0, [48, 48])], "global", english);
  const pixels = palettePixels(coloured?.values ?? [], (value) => value, 255);
  expect(Array.from(pixels, (pixel) => pixel > 0)).toEqual([true, false, true, true]);
});

test("a head as a whole: its largest weight and the mean entropy of its rows, fully masked ones aside", () => {
  const note = makeNote({
    weights: [
      [0.5, 0.5],
      [1, 0],
      [0, 0],
    ],
    maskedRows: [2],
  });
  expect(headFacts(cellsOf(note, 0, [48, 48]))).toEqual({ largest: 1, entropy: 0.5 });
});

test("heads side by side are offered where there are several, layers only where there are both", () => {
  expect(names(uniform(2, 3))).toEqual(["matrix", "lines", "text", "heads", "grid"]);
  expect(names(makeNote({ weights: { shape: [3, 1, 1], data: [1, 1, 1] } }))).toEqual(["matrix", "lines", "text", "heads"]);
  expect(names(makeNote({ weights: [[1]] }))).toEqual(["matrix", "lines", "text"]);
  expect(names(makeNote({ kind: "summary", weights: [[1]] }))).toEqual(["hops", "lines", "text"]);
  expect(headName(uniform(2, 3), 4, english)).toBe("layer 1, head 1");
});
