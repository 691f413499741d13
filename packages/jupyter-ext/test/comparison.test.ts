import { describeExternal, makeNote, type Note } from "heed/note";
import { describe, expect, test } from "vitest";
import { besideEachOther } from "../src/compare/arrange.js";
import { compareNotes, type Comparison } from "../src/compare/comparison.js";
import { differenceColour, differenceScale } from "../src/compare/diverging.js";
import { openingSides } from "../src/compare/opening-sides.js";
import { comparisonFigures, signed } from "../src/compare/figures.js";
import { PerNote, readBeside, type NoteChoice } from "../src/compare/note-choices.js";
import type { Figure } from "../src/view/figure.js";
import { keepHead, type SideWeights } from "../src/view/side-weights.js";
import { options } from "./drawing-options.js";

const side = (input: Parameters<typeof makeNote>[0], head = 0): { note: ReturnType<typeof makeNote>; head: number } => ({
  note: makeNote(input),
  head,
});
const compared = (...sides: Parameters<typeof compareNotes>): Comparison => {
  const found = compareNotes(...sides);
  if (typeof found === "string") throw new Error(found);
  return found;
};
const rounded = (values: ArrayLike<number>): number[] => Array.from(values, (value) => Number(value.toFixed(4)));

test("A − B cell by cell, and the distance of each row", () => {
  const a = side({
    weights: [
      [1, 0],
      [0.5, 0.5],
      [0.25, 0.75],
    ],
  });
  const b = side({
    weights: [
      [0, 1],
      [0.5, 0.5],
      [0.75, 0.25],
    ],
  });
  const { difference, distances, isJoined } = compared(a, b);
  expect(rounded(difference)).toEqual([1, -1, 0, 0, -0.5, 0.5]);
  // the last by hand: m = ½, so √(¾ log₂ 1.5 + ¼ log₂ 0.5)
  expect(rounded(distances)).toEqual([1, 0, Number(Math.sqrt(0.75 * Math.log2(1.5) + 0.25 * Math.log2(0.5)).toFixed(4))]);
  expect(isJoined).toBe(false);
});

test("a head of a note may be compared with another head of the same", () => {
  const note = makeNote({ weights: [[[1, 0]], [[0.25, 0.75]]] });
  expect(rounded(compared({ note, head: 0 }, { note, head: 1 }).difference)).toEqual([0.75, -0.75]);
});

test("keys that are joined add up, queries are averaged: rows still sum to 1", () => {
  const a = side({
    rows: ["中国", "人"],
    columns: ["我", "中国", "人"],
    weights: [
      [0.5, 0.25, 0.25],
      [0, 0.25, 0.75],
    ],
  });
  const b = side({ rows: ["中国人"], columns: ["我", "中国人"], weights: [[0.25, 0.75]] });
  const { rows, columns, a: left, difference, isJoined } = compared(a, b);
  expect([rows, columns, isJoined]).toEqual([["中国人"], ["我", "中国人"], true]);
  expect(rounded(left)).toEqual([0.25, 0.75]);
  expect(rounded(difference)).toEqual([0, 0]);
});

test("a cell that one side masks counts as 0 there, one that both mask is none", () => {
  const a = side({ weights: [[1, 0, 0]], mask: [[1, 0, 0]] });
  const b = side({ weights: [[0.5, 0.5, 0]], mask: [[1, 1, 0]] });
  expect(rounded(compared(a, b).difference)).toEqual([0.5, -0.5, Number.NaN]);
  const empty = side({ weights: [[0, 0, 0]], mask: [[0, 0, 0]] });
  expect(rounded(compared(a, empty).distances)).toEqual([Number.NaN]);
});

test("weights in a file are compared once the head was read, not by their overview", async () => {
  // large enough for blocks of several weights
  const size = 512;
  const data = Float32Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0));
  const weights = { shape: [size, size], data };
  const inside = side({ weights });
  const array = describeExternal(weights, { file: "w.safetensors", tensor: "weights", maxError: 0 });
  const outside = { note: { ...inside.note, weights: array }, head: 0 };
  expect(compareNotes(inside, outside)).toBe("external");
  const asked: number[][] = [];
  const file = {
    array,
    rows: async (level: number, head: number, start: number, end: number) => {
      asked.push([level, head, start, end]);
      keepHead(array, 0, data);
    },
  };
  await readBeside(outside.note, 0, async () => file as unknown as SideWeights);
  expect(asked).toEqual([[0, 0, 0, size]]);
  expect(compared(inside, outside).difference.every((value) => value === 0)).toBe(true);
});

test.each([
  ["rows", { weights: [[1]], rows: ["b"] }],
  ["columns", { weights: [[1]], rows: ["a"], columns: ["c"] }],
] as const)("notes whose %s are other texts are not compared", (obstacle, input) => {
  const other = side({ weights: [[1]], rows: ["a"], columns: ["b"] });
  expect(compareNotes(other, side({ columns: ["b"], ...input }))).toBe(obstacle);
});

test("in the pictures both sides have the same colours, and 0 is in the middle of the difference", () => {
  const { a, b, difference } = comparisonFigures(
    compared(
      side({
        weights: [
          [1, 0],
          [0.5, 0.5],
        ],
      }),
      side({
        weights: [
          [0.75, 0.25],
          [0.5, 0.5],
        ],
      }),
    ),
    { rows: "query", columns: "key" },
    options(),
  );
  const range = ({ data }: typeof a): unknown => {
    const [{ zmin, zmax } = {}] = data as { zmin?: number; zmax?: number }[];
    return [zmin, zmax];
  };
  expect([range(a), range(b), range(difference)]).toEqual([
    [0, 1],
    [0, 1],
    [-0.25, 0.25],
  ]);
  const texts = difference.data.flatMap((trace) => (trace.name === "numbers" ? (trace as { text: string[] }).text : []));
  expect(texts).toEqual(["+0.25", "−0.25", "0", "0"]);
});

const luminance = ([red, green, blue]: readonly number[]): number => {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((channel = 0) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

test.each([false, true])("the colours of a difference move away from the page on both sides (dark: %s)", (dark) => {
  const steps = Array.from({ length: 11 }, (_, i) => luminance(differenceColour(dark, i / 10)));
  const other = Array.from({ length: 11 }, (_, i) => luminance(differenceColour(dark, -i / 10)));
  for (const side of [steps, other]) {
    for (let i = 1; i < side.length; i++) {
      const [before = 0, after = 0] = [side[i - 1], side[i]];
      expect(dark ? after > before : after < before).toBe(true);
    }
  }
  expect(differenceScale(dark)[5]?.[0]).toBe(0.5);
  // told apart without red and green: the two ends differ in blue
  const [orange, purple] = [differenceColour(dark, 0.8), differenceColour(dark, -0.8)];
  expect(purple[2] - orange[2]).toBeGreaterThan(80);
});

test("a difference has its sign; what rounds to nothing has none", () => {
  expect([0.25, -0.25, 0.001, -0.001, 0].map(signed)).toEqual(["+0.25", "−0.25", "0", "0", "0"]);
});

const choice = (content: string): NoteChoice => ({
  id: content,
  content,
  read: () => Promise.reject(new Error("not read")),
});

test("what is made of a note is made once for each content and language, and the oldest is forgotten", async () => {
  const made: string[] = [];
  const titles = new PerNote(2, async ({ content }, language) => {
    made.push(`${language} ${content}`);
    return content.toUpperCase();
  });
  for (const content of ["a", "b", "a", "c", "a", "b"])
    expect(await titles.of(choice(content), "en")).toBe(content.toUpperCase());
  expect(made).toEqual(["en a", "en b", "en c", "en b"]);
  await titles.of(choice("b"), "zh-CN");
  expect(made.at(-1)).toBe("zh-CN b");
});

/** Figures of ten columns that fill their width. */
const figuresOfWidth = (width: number): { a: Figure } => ({
  a: { geometry: { width, cell: { width: width / 10 } } } as Figure,
});

test.each([
  [1_000, 3],
  [400, 2],
  [100, 1],
])("in %i pixels %i pictures stand beside each other, as long as their cells stay large enough", (width, expected) => {
  const { across, drawn } = besideEachOther(width, 24, figuresOfWidth);
  expect(across).toBe(expected);
  expect(drawn.a.geometry.width).toBe(Math.floor((width - (expected - 1) * 24) / expected));
});

const noted = (id: string, note: Note | Error): NoteChoice => ({
  id,
  content: id,
  read: () => (note instanceof Error ? Promise.reject(note) : Promise.resolve(note)),
});
const of = (...columns: string[]): Note => makeNote({ rows: ["q"], columns, weights: [columns.map(() => 1 / columns.length)] });

describe("a comparison opens with notes that can be compared", () => {
  const other = noted("other", of("x", "y"));
  const broken = noted("broken", new Error("no note"));

  test("with the next one of the same text, whatever lies between", async () => {
    const listed = [noted("a", of("中国", "人")), other, broken, noted("b", of("中国人"))];
    const sides = await openingSides(listed, "a", 0, "en");
    expect(sides).toEqual({ a: { id: "a", head: 0 }, b: { id: "b", head: 0 } });
  });

  test("or else with the nearest before it", async () => {
    const listed = [noted("far", of("k")), noted("near", of("k")), other, noted("a", of("k")), broken];
    expect((await openingSides(listed, "a", 0, "en")).b.id).toBe("near");
  });

  test("or with another head of its own, and where there is none with itself", async () => {
    const heads = noted("a", makeNote({ weights: [[[1, 0]], [[0.5, 0.5]]] }));
    expect((await openingSides([other, heads], "a", 0, "en")).b).toEqual({ id: "a", head: 1 });
    expect((await openingSides([other, heads], "a", 1, "en")).b).toEqual({ id: "a", head: 0 });
    expect((await openingSides([noted("a", of("k")), other], "a", 0, "en")).b).toEqual({ id: "a", head: 0 });
  });
});
