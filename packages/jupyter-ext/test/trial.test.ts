import * as fc from "fast-check";
import { computeNote, parseWrittenNote, rewriteNote, type WrittenNote } from "heed/language";
import { decodeArray, type InlineArray, type Note } from "heed/note";
import { describe, expect, test } from "vitest";
import { placeOfTemperature, temperatureAt } from "../src/sliders/controls.js";
import { maskOf, readMaskChoice, writtenMask } from "../src/sliders/mask-choice.js";
import { changedNote, changesOf, editableArrays, savedTrial, type Trial } from "../src/sliders/trial.js";

const texts: Readonly<Record<string, string>> = {
  vectors: "query: { h1: [1, 0, 2] } # looks\nkeys:\n  s1: [1, 1, 0]\n  s2: [0, 1, 1]\nscore: dot",
  "keys and values": "query: [[1, 0], [1/2, 1]]\nkeys: [[1, 0], [0, 1]]\nvalues: [[1], [2]]\ntemperature: 2",
  "values alone": "query: [1, 0]\nvalues: [[1, 0], [0, 1]]\nmask: [[1, 0]]",
  additive: "query: [1, 2]\nkeys: [[1], [0]]\nscore: additive\nW: [[1, 0], [0, 1]]\nU: [[1], [1]]\nv: [1, 1]\nb: [0, -1]",
  self: "tokens: [a, b, c]\nvectors: [[1, 0], [0, 1], [1, 1]]\nWq: [[2, 0], [0, 2]]\nmask: causal",
  summary: "H: { x: [1, 0], y: [0, 1] }\nW: [[1, 0], [0, 1]]\nV: [[6, 0], [0, 6]]",
};

const weightsOf = (note: Note): number[] => Array.from(decodeArray(note.weights as InlineArray));
/** A mask that forbids nothing is as good as none, so masks are compared by themselves. */
const maskless = (written: WrittenNote): unknown => ({ ...written, mask: undefined });

describe.each(Object.entries(texts))("%s", (_, text) => {
  const written = parseWrittenNote(text);
  const saved = savedTrial(written);

  test("as it is saved gives the same note, and nothing to write", async () => {
    expect(weightsOf(await computeNote(changedNote(written, saved)))).toEqual(weightsOf(await computeNote(written)));
    expect(changesOf(written, saved, saved)).toBeUndefined();
  });

  test("written with any changes reads as what was tried out", () => {
    const numbers = fc.double({ min: -9, max: 9, noNaN: true }).map((x) => Number(x.toPrecision(3)) + 0);
    const { rows = 0, columns = 0 } = { rows: maskSize(written)[0], columns: maskSize(written)[1] };
    const changes = fc.record({
      temperature:
        written.source.form === "summary"
          ? fc.constant(1)
          : fc.integer({ min: -60, max: 60 }).map((i) => temperatureAt(i / 20)),
      scale:
        saved.scale === undefined
          ? fc.constant(undefined)
          : fc.constantFrom("dot" as const, "scaled" as const, "cosine" as const),
      causal: fc.boolean(),
      lengths: fc.integer({ min: 0, max: columns }),
      array: fc.nat(),
      value: numbers,
    });
    fc.assert(
      fc.property(changes, ({ temperature, scale, causal, lengths, array, value }) => {
        const arrays = editableArrays(written);
        const { field, rows: matrix } = arrays[array % arrays.length] ?? { field: "", rows: [] };
        const changed = matrix.map((row, i) => (i === matrix.length - 1 ? row.with(0, value) : row));
        const trial: Trial = {
          temperature,
          ...(scale && { scale }),
          mask: { ...saved.mask, causal, lengths },
          numbers: new Map(saved.numbers).set(field, changed),
        };
        const wanted = changedNote(written, trial);
        const asked = changesOf(written, saved, trial);
        const rewritten = parseWrittenNote(asked ? rewriteNote(text, asked) : text);
        const all = Array.from({ length: rows }, () => Array.from({ length: columns }, () => 1));
        expect(maskless(rewritten)).toEqual(maskless(wanted));
        expect(rewritten.mask ?? all).toEqual(wanted.mask ?? all);
      }),
      { numRuns: 60 },
    );
  });
});

function maskSize({ source }: WrittenNote): [number, number] {
  if (source.form === "vectors") return [source.query.length, source.keys.length];
  if (source.form === "self") return [source.vectors.length, source.vectors.length];
  return source.form === "summary" ? [source.V.length, source.H.length] : [0, 0];
}

test("keys that are the values too are one array, and change together", () => {
  const written = parseWrittenNote(texts["vectors"] ?? "");
  expect(editableArrays(written).map(({ field, symbol, labels }) => [field, symbol, labels])).toEqual([
    ["query", "q", ["h1"]],
    ["keys", "k = v", ["s1", "s2"]],
  ]);
  const trial = {
    ...savedTrial(written),
    numbers: new Map([
      [
        "keys",
        [
          [9, 9, 9],
          [0, 1, 1],
        ],
      ],
    ]),
  };
  expect(changedNote(written, trial).source).toMatchObject({
    keys: [
      [9, 9, 9],
      [0, 1, 1],
    ],
    values: [
      [9, 9, 9],
      [0, 1, 1],
    ],
  });
});

test("a mask is known by its words where it has any", () => {
  const size = { rows: 3, columns: 4 };
  for (const causal of [false, true]) {
    for (let lengths = 0; lengths <= 4; lengths++) {
      const mask = maskOf({ causal, lengths }, size);
      const choice = readMaskChoice(mask, size);
      expect(maskOf(choice, size)).toEqual(mask);
      expect(choice.own).toBeUndefined();
    }
  }
  const own = [
    [1, 0, 1, 1],
    [0, 0, 1, 1],
    [1, 1, 1, 1],
  ];
  const choice = readMaskChoice(own, size);
  expect(choice.own).toBe(own);
  expect(writtenMask({ ...choice, lengths: 3 }, size)).toEqual([
    [1, 0, 1, 0],
    [0, 0, 1, 0],
    [1, 1, 1, 0],
  ]);
});

test("the middle of the slider is temperature 1, its ends 1/8 and 8", () => {
  expect([-3, 0, 3].map(temperatureAt)).toEqual([0.125, 1, 8]);
  expect(temperatureAt(placeOfTemperature(2.5))).toBe(2.5);
});
