/** Several heads as lines of one picture: which, in what colours, and on what scale. */
import * as fc from "fast-check";
import { makeNote } from "heed/note";
import { expect, test } from "vitest";
import { colourHeads, headsTogether, mostColoured, toggleHead } from "../src/view/head-colours.js";
import { headInks, linesAround, restingLines, shadesOf, textOfHeads } from "../src/view/head-ink.js";
import type { Selection } from "../src/view/selection.js";
import { layOutColumns } from "../src/view/token-layout.js";
import { tokenMatrix } from "../src/view/token-matrix.js";
import type { Scene } from "../src/view/view.js";
import { options } from "./drawing-options.js";

const matrix = (a: number): number[][] => [
  [a, 1 - a, 0],
  [0.25, 0.25, 0.5],
];
const note = makeNote({
  weights: [
    [matrix(0.5), matrix(1), matrix(0.125)],
    [matrix(0), matrix(0.25), matrix(0.75)],
  ],
  rows: ["a", "b"],
  columns: ["x", "y", "z"],
});

test("heads of the chosen head's layer are drawn together; the chosen one is always among them", () => {
  expect(headsTogether(note, { head: 1, row: 0 })).toEqual([1]);
  expect(headsTogether(note, { head: 1, row: 0, heads: [0, 1, 5] })).toEqual([0, 1]);
  // another layer, or another head, was chosen since
  expect(headsTogether(note, { head: 4, row: 0, heads: [0, 1] })).toEqual([4]);
  expect(headsTogether(note, { head: 2, row: 0, heads: [0, 1] })).toEqual([2]);
});

test("heads come and go one by one, and the last one stays", () => {
  let selection: Selection = { head: 1, row: 0 };
  const toggle = (head: number): readonly number[] => {
    selection = { ...selection, ...toggleHead(note, selection, head) };
    return [selection.head, ...headsTogether(note, selection)];
  };
  expect(toggle(2)).toEqual([1, 1, 2]);
  expect(toggle(0)).toEqual([1, 1, 2, 0]);
  expect(toggle(1)).toEqual([2, 2, 0]);
  expect(toggle(0)).toEqual([2, 2]);
  expect(toggle(2)).toEqual([2, 2]);
});

test("no more heads are drawn together than there are colours, each has its own, and keeps it when others come", () => {
  const many = makeNote({ weights: { shape: [1, 12, 1, 2], data: new Float32Array(24).fill(0.5) } });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 30 }), (pressed) => {
      const selection: Selection = { head: 0, row: 0 };
      for (const head of pressed) {
        Object.assign(selection, toggleHead(many, selection, head));
        const shown = headsTogether(many, selection);
        expect(shown.length).toBeGreaterThan(0);
        expect(shown.length).toBeLessThanOrEqual(mostColoured);
        expect(shown).toContain(selection.head);
        const inks = colourHeads(shown, false).map(({ ink }) => ink);
        expect(new Set(inks).size).toBe(shown.length);
        expect(colourHeads(shown.slice(0, -1), false).map(({ ink }) => ink)).toEqual(inks.slice(0, -1));
      }
    }),
  );
});

/** Linear red, green and blue of a colour. */
const linear = (hex: string): number[] =>
  [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
const times = (rows: readonly (readonly number[])[], x: readonly number[]): number[] =>
  rows.map((row) => row.reduce((sum, value, i) => sum + value * (x[i] ?? 0), 0));

/** How colours look without one kind of cones (Machado, Oliveira, Fernandes 2009, severity 1), and as they are. */
const eyes = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  "no red": [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  "no green": [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  "no blue": [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** OKLab (Ottosson 2020): equal distances look equally different. */
function okLab(rgb: readonly number[]): number[] {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb.map((part) => Math.min(1, Math.max(0, part))),
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones.map(Math.cbrt),
  );
}

test.each([
  [false, 1],
  [true, 0.0056],
])("colours of heads are told apart by all eyes, and from the page (dark: %s)", (dark, page) => {
  const inks = colourHeads([0, 1, 2, 3, 4, 5], dark).map(({ ink }) => linear(ink));
  for (const seen of Object.values(eyes)) {
    const labs = inks.map((ink) => okLab(times(seen, ink)));
    for (const [i, a] of labs.entries()) {
      for (const b of labs.slice(0, i)) expect(Math.hypot(...a.map((part, k) => part - (b[k] ?? 0)))).toBeGreaterThan(0.18);
    }
  }
  for (const [red = 0, green = 0, blue = 0] of inks) {
    const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    expect((Math.max(light, page) + 0.05) / (Math.min(light, page) + 0.05)).toBeGreaterThan(3);
  }
});

const sceneOf = (selection: Partial<Selection>): Scene => ({
  note,
  selection: { head: 0, row: 0, ...selection },
  options: options(),
});
const inksOf = (scene: Scene): ReturnType<typeof headInks> => headInks(scene, (one) => tokenMatrix(one, () => undefined));

test("heads that are drawn together are on one scale, beside each other, each in its ink", () => {
  const scene = sceneOf({ head: 1, heads: [0, 1] });
  const inks = inksOf(scene);
  const layout = layOutColumns(
    { rows: ["a", "b"], columns: ["x", "y", "z"] },
    { rows: "", columns: "" },
    600,
    scene.options.measure,
  );
  // the chosen head first
  expect(inks.map(({ head, shift }) => [head, shift])).toEqual([
    [1, 1.5],
    [0, -1.5],
  ]);
  const lines = restingLines(inks, layout, scene).lines.filter(({ row, column }) => row === 0 && column === 0);
  expect(lines.map(({ strength, ink, shift }) => [strength, ink, shift])).toEqual([
    [0.5, inks[1]?.ink, -1.5],
    [1, inks[0]?.ink, 1.5],
  ]);
  const around = linesAround(inks, { axis: "columns", index: 1 });
  expect(around.map(({ row, strength, ink }) => [row, strength, ink === inks[0]?.ink])).toEqual([
    [1, 0.25, true],
    [1, 0.25, false],
    [0, 0.5, false],
  ]);
  expect(shadesOf(inks, { axis: "rows", index: 0 }, { axis: "columns", index: 0 }).map(({ strength }) => strength)).toEqual([
    1, 0.5,
  ]);
  expect(shadesOf(inks, { axis: "rows", index: 0 }, { axis: "rows", index: 1 })).toEqual([]);
});

test("of a cell every head says its weight; a head alone is drawn in the colours of the scale", () => {
  const scene = sceneOf({ head: 1, heads: [0, 1] });
  const text = textOfHeads(inksOf(scene), { axis: "columns", index: 0 }, { row: 0, column: 0 }, scene);
  expect(text?.spoken).toBe("a (1) → x (1): head 1: weight 1; head 0: weight 0.5");
  const [alone] = inksOf(sceneOf({ head: 2 }));
  expect(alone).toMatchObject({ head: 2, shift: 0 });
  expect(alone.ink).toBeUndefined();
});
