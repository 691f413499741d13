import { makeNote, type Note, type NoteInput } from "heed/note";
import type { Data, HeatmapData } from "plotly.js";
import { expect, test } from "vitest";
import { drawNote, type Drawing } from "../src/view/drawing.js";
import { inkOn } from "../src/view/numbers.js";
import { options } from "./drawing-options.js";

const draw = (note: Note, changes = {}, selection = {}): Drawing =>
  drawNote(note, { head: 0, row: 0, ...selection }, options(changes));
const named = (drawing: Drawing, name: string): Data | undefined => drawing.data.find((data) => data.name === name);
const trace = (drawing: Drawing, name = "weights"): HeatmapData => named(drawing, name) as HeatmapData;
const rows = (matrix: unknown): number[][] =>
  (matrix as Float32Array[]).map((row) => Array.from(row, (x) => Number(x.toFixed(3))));

const seed: NoteInput = {
  weights: [[0.1, 0.2, 0.7]],
  rows: ["<s>"],
  columns: ["the", "<b>&", "the"],
  scores: [[1, 2, 3.25]],
};

test("a heat map has the note's weights, and repeated tokens at places of their own", () => {
  const drawing = draw(makeNote(seed));
  expect(rows(trace(drawing).z)).toEqual([[0.1, 0.2, 0.7]]);
  expect(rows(trace(drawing).customdata)).toEqual([[0.1, 0.2, 0.7]]);
  expect(drawing.layout.xaxis).toMatchObject({ tickvals: [0, 1, 2], ticktext: ["the", "&lt;b&gt;&amp;", "the"], side: "top" });
  expect(drawing.layout.yaxis).toMatchObject({ range: [0.5, -0.5], ticktext: ["&lt;s&gt;"] });
  expect(trace(drawing)).toMatchObject({ zmin: 0, zmax: Math.fround(0.7) });
  expect(named(drawing, "numbers")).toMatchObject({ x: [0, 1, 2], y: [0, 0, 0], text: ["0.10", "0.20", "0.70"] });
});

test("the legend says the scale, and the names of the axes are there", () => {
  const drawing = draw(makeNote(seed));
  expect(trace(drawing).colorbar).toMatchObject({ ticktext: ["0", "0.7"], title: { text: "weight" } });
  expect(drawing.layout.annotations?.map(({ text }) => text)).toEqual(["key →", "← query"]);
});

test("a cell tells both tokens with their places, weight, score and rank", () => {
  const [region] = draw(makeNote(seed)).regions;
  expect(region.say(0, 2)).toEqual({
    from: "<s> (1)",
    to: "the (3)",
    facts: ["weight 0.7", "score 3.25", "rank 1 of 3"],
    spoken: "<s> (1) → the (3): weight 0.7, score 3.25, rank 1 of 3",
  });
});

test("where storing lost something, the cell says how much", () => {
  const weights = Array.from({ length: 70 }, () => Array.from({ length: 70 }, (_, i) => (i === 3 ? 0.31 : 0.01)));
  const [region] = draw(makeNote({ weights })).regions;
  expect(region.say(0, 3).facts[0]).toMatch(/^weight 0\.31\d* ± \d\.\d+(e-\d)?$/);
});

test("masked cells are hatched and say so; they are not a weight of 0", () => {
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
  const drawing = draw(note);
  expect(rows(trace(drawing).z)).toEqual([
    [1, NaN],
    [0.5, 0.5],
  ]);
  expect(named(drawing, "masked")).toMatchObject({
    x: [0.5, 1.5, 1.5, 0.5, 0.5, null],
    y: [-0.5, -0.5, 0.5, 0.5, -0.5, null],
    fillpattern: { shape: "/" },
  });
  expect(drawing.regions[0].say(0, 1).facts).toEqual(["masked: not looked at"]);
  expect(drawing.regions[0].say(1, 1).facts).toContain("rank 1 of 2");
});

test("the chosen head is drawn", () => {
  const note = makeNote({ weights: [[[1, 0]], [[0.2, 0.8]]] });
  expect(rows(trace(draw(note, {}, { head: 1 })).z)).toEqual([[0.2, 0.8]]);
});

test("the author's wish for numbers counts unless the reader decided", () => {
  const note = makeNote({ ...seed, view: { numbers: false } });
  expect(named(draw(note), "numbers")).toBeUndefined();
  expect(named(draw(note, { numbers: "always" }), "numbers")).toBeDefined();
});

test("colours may mean the place in the row; the weights go along all the same", () => {
  const drawing = draw(makeNote({ ...seed, view: { scale: "rank" } }));
  expect(rows(trace(drawing).z)).toEqual([[0, 0.5, 1]]);
  expect(rows(trace(drawing).customdata)).toEqual([[0.1, 0.2, 0.7]]);
});

test("ten thousand rows become an overview of blocks, with their numbers as labels", () => {
  const weights = Array.from({ length: 10_000 }, (_, i) => (i === 7_777 ? [0.9, 0.1] : [0.5, 0.5]));
  const drawing = draw(makeNote({ weights }));
  expect(drawing.cells).toMatchObject({ block: [20, 1], shape: [500, 2] });
  expect(drawing.layout.yaxis).toMatchObject({ ticktext: expect.arrayContaining(["1"]) });
  const text = drawing.regions[0].say(388, 0);
  expect(text).toMatchObject({ from: "7761 … 7780", to: "1" });
  expect(text.facts).toEqual([expect.stringMatching(/^largest weight 0\.(9|8995) ± /), expect.stringMatching(/^mean 0\.52/)]);
});

test("a summary has the overlap of its hops beside it", () => {
  const note = makeNote({
    kind: "summary",
    weights: [
      [1, 0, 0],
      [0.5, 0.5, 0],
    ],
  });
  const drawing = draw(note);
  expect(rows(trace(drawing, "overlap").z)).toEqual([
    [1, 0.5],
    [0.5, 0.5],
  ]);
  // (1 − 1)² + 0.5² + 0.5² + (0.5 − 1)²
  expect(drawing.penalty).toBeCloseTo(0.75);
  const [main, aside] = drawing.regions;
  expect(aside?.left).toBeGreaterThan(main.left + main.cell.width * 3);
  expect(aside?.say(0, 1).spoken).toBe("hop 1 → hop 2: overlap 0.5, cosine 0.71");
  expect(drawing.geometry.width).toBeLessThanOrEqual(800);
});

test.each([
  [800, "overlap A Aᵀ, 0 … 1"],
  [290, "A Aᵀ"],
])("above the overlap of hops on %i pixels stands %s, and nothing is wider than that", (width, name) => {
  const weights = Array.from({ length: 4 }, () => Array.from({ length: 13 }, () => 1 / 13));
  const drawing = draw(makeNote({ kind: "summary", weights }), { width });
  expect(drawing.layout.annotations).toContainEqual(expect.objectContaining({ text: name }));
  expect(drawing.geometry.width).toBeLessThanOrEqual(width);
});

test("an image lies under the grid of its parts, which are never smoothed", () => {
  const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const note = makeNote({
    kind: "image",
    weights: [
      [0.1, 0.2, 0.3, 0.4, 0, 0],
      [0, 0, 0, 0, 0.5, 0.5],
    ],
    rows: ["a", "bird"],
    image: { mediaType: "image/png", data: onePixel, width: 300, height: 200, grid: [2, 3] },
  });
  const drawing = draw(note, {}, { row: 1 });
  expect(rows(trace(drawing).z)).toEqual([
    [0, 0, 0],
    [0, 0.5, 0.5],
  ]);
  expect(trace(drawing).zsmooth).toBe(false);
  expect(drawing.layout.images?.[0]).toMatchObject({ source: `data:image/png;base64,${onePixel}`, layer: "below" });
  expect(drawing.geometry.cell.width).toBeCloseTo(drawing.geometry.cell.height);
  expect(drawing.regions[0].say(1, 2)).toMatchObject({ from: "bird (2)", to: "part at row 2, column 3" });
});

test("nothing on a figure can be clicked into a request or run", () => {
  const bad = ['<a href="javascript:alert(1)">', "<img src=http://example.com/x>", "$\\href{http://example.com}{x}$"];
  const note = makeNote({ weights: bad.map(() => [0.4, 0.3, 0.3]), rows: bad, columns: bad, title: bad.join() });
  const drawing = draw(note, { title: note.title });
  const texts = JSON.stringify([drawing.layout, drawing.data.map((data: Data) => ({ ...data, z: 0, customdata: 0 }))]);
  expect(texts).not.toMatch(/<(?!br>)/);
});

test("a number can be read on its cell: black on light, white on dark", () => {
  expect(inkOn([255, 255, 255])).toBe("#000");
  expect(inkOn([101, 165, 214])).toBe("#000");
  expect(inkOn([8, 48, 107])).toBe("#fff");
  const numbers = named(draw(makeNote(seed)), "numbers") as { textfont: { color: string[] } };
  expect(numbers.textfont.color).toEqual(["#000", "#000", "#fff"]);
});
