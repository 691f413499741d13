import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  decodeArray,
  decodeMask,
  libraryVersion,
  makeNote,
  NoteError,
  type InlineArray,
  type NoteInput,
} from "../../src/note/index.js";

const weights = [
  [0.5, 0.25, 0.25],
  [0, 1, 0],
];

function errorOf(input: NoteInput): NoteError {
  try {
    makeNote(input);
  } catch (error) {
    if (error instanceof NoteError) return error;
    throw error;
  }
  throw new Error("expected a NoteError; the note was made");
}

function axisNames(kind: NonNullable<NoteInput["kind"]>): unknown {
  const { rows, columns } = makeNote({ weights, kind }).axes;
  return [rows.name, columns.name];
}

describe("a note", () => {
  test("holds the weights with their labels", () => {
    const note = makeNote({ weights, rows: ["I", "am"], columns: ["我", "是", "人"], title: "t" });
    expect(note.version).toBe(1);
    expect(note.kind).toBe("attention");
    expect(note.title).toBe("t");
    expect(note.axes.rows).toEqual({ name: "query", tokens: ["I", "am"] });
    expect(note.axes.columns).toEqual({ name: "key", tokens: ["我", "是", "人"] });
    expect(note.weights.shape).toEqual([2, 3]);
    expect([...decodeArray(note.weights as InlineArray)]).toEqual(weights.flat());
    expect(note.maxError).toBe(0);
    expect(note.source).toEqual({ library: "heed", version: libraryVersion });
    expect(JSON.parse(JSON.stringify(note))).toEqual(note);
  });

  test("is made from tensors, typed rows and one row alike", () => {
    const expected = decodeArray(makeNote({ weights }).weights as InlineArray);
    for (const given of [
      { shape: [2, 3], data: new Float32Array(weights.flat()) },
      { shape: [2, 3], data: weights.flat(), dtype: "float32" },
      weights.map((row) => Float32Array.from(row)),
    ]) {
      expect(decodeArray(makeNote({ weights: given }).weights as InlineArray)).toEqual(expected);
    }
    expect(makeNote({ weights: [0.25, 0.75] }).weights.shape).toEqual([1, 2]);
    expect(makeNote({ weights: new Float32Array([0.25, 0.75]) }).weights.shape).toEqual([1, 2]);
  });

  test("numbers what has no label: tokens from 1, heads and layers from 0", () => {
    const note = makeNote({ weights: [[weights, weights, weights]] });
    expect(note.weights.shape).toEqual([1, 3, 2, 3]);
    expect(note.axes.layers).toEqual({ name: "layer", tokens: ["0"] });
    expect(note.axes.heads).toEqual({ name: "head", tokens: ["0", "1", "2"] });
    expect(note.axes.columns.tokens).toEqual(["1", "2", "3"]);
    expect(makeNote({ weights: [weights], layers: ["first"] }).axes).toMatchObject({ layers: { tokens: ["first"] } });
    expect(makeNote({ weights: [weights], layers: ["first"] }).axes.heads).toBeUndefined();
  });

  test("names rows and columns after its kind", () => {
    expect(axisNames("summary")).toEqual(["hop", "token"]);
    expect(axisNames("alignment")).toEqual(["target", "source"]);
  });

  test("carries the version of the package", () => {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as { version: string };
    expect(libraryVersion).toBe(manifest.version);
  });
});

describe("what is masked", () => {
  test("is stored once for all heads, and rows without a key are found", () => {
    const masked = [
      [1, 0, 0],
      [0, 0, 0],
    ];
    const mask = [
      [true, false, true],
      [false, false, false],
    ];
    const note = makeNote({ weights: [masked, masked], mask: [mask, mask].slice(0, 1) });
    expect(note.mask?.shape).toEqual([2, 3]);
    expect(note.mask && [...decodeMask(note.mask, 1)]).toEqual([1, 0, 1, 0, 0, 0]);
    expect(note.maskedRows).toEqual([1, 3]);
  });

  test("may differ from head to head", () => {
    const note = makeNote({
      weights: [[[1, 0, 0]], [[0, 0.5, 0.5]]],
      mask: [[[1, 0, 0]], [[0, 1, 1]]],
    });
    expect(note.mask?.shape).toEqual([2, 1, 3]);
    expect(note.mask && [...decodeMask(note.mask, 0)]).toEqual([1, 0, 0]);
    expect(note.mask && [...decodeMask(note.mask, 1)]).toEqual([0, 1, 1]);
  });

  test("broadcasts from one row, and a mask of ones is none", () => {
    const note = makeNote({ weights: [weights[1] ?? [], weights[1] ?? []], mask: [false, true, true] });
    expect(note.mask && [...decodeMask(note.mask, 0)]).toEqual([0, 1, 1, 0, 1, 1]);
    expect(makeNote({ weights, mask: [[true]] }).mask).toBeUndefined();
  });

  test("must be exactly 0", () => {
    expect(errorOf({ weights, mask: [true, true, false] }).message).toBe(
      "note.weights[0, 2]: expected exactly 0, because the mask forbids this key; got 0.25",
    );
    expect(errorOf({ weights, maskedRows: [1] }).message).toBe("note.weights[1, 1]: expected exactly 0 in a masked row; got 1");
    expect(errorOf({ weights, mask: [[true], [true], [true]] }).message).toBe(
      "note.mask: expected a shape that broadcasts to the weights' [2, 3]; got [3, 1]",
    );
  });
});

describe("errors", () => {
  test.each<[string, NoteInput, string]>([
    [
      "NaN",
      { weights: [[0.5, Number.NaN]] },
      "note.weights[0, 1]: expected a finite number; got NaN. A row without any allowed key has weights 0, not NaN",
    ],
    ["a negative weight", { weights: [[1.5, -0.5]] }, "note.weights[0, 1]: expected a weight ≥ 0; got -0.5"],
    [
      "a row that does not sum to 1",
      { weights: [[0.5, 0.2]] },
      "note.weights[0]: expected weights that sum to 1; got a sum of 0.7. If they are no distribution, say normalised: false",
    ],
    [
      "a row of zeros",
      { weights: [[0, 0]] },
      "note.weights[0]: expected weights that sum to 1; got a sum of 0. If they are no distribution, say normalised: false",
    ],
    [
      "rows of different length",
      { weights: [[0.5, 0.5], [1]] },
      "note.weights[1]: expected 2 numbers, as in the first row; got 1",
    ],
    ["a word", { weights: [["a" as unknown as number]] }, "note.weights[0][0]: expected a number; got a text"],
    ["a wrong shape", { weights: { shape: [2, 2], data: [1] } }, "note.weights: expected 4 numbers for shape [2, 2]; got 1"],
    [
      "a batch",
      { weights: [[[[[1]]]]] },
      "note.weights: expected weights [Q, K], [H, Q, K] or [L, H, Q, K] with at least one weight; got [1, 1, 1, 1, 1]. Choose one example of a batch",
    ],
    [
      "nothing",
      { weights: [[]] },
      "note.weights: expected weights [Q, K], [H, Q, K] or [L, H, Q, K] with at least one weight; got [1, 0]. Choose one example of a batch",
    ],
    [
      "too few labels",
      { weights, columns: ["a", "b"] },
      "note.axes.columns.tokens: expected 3 labels, one for each position; got 2",
    ],
    ["heads that are none", { weights, heads: ["a"] }, "note.axes.heads: weights [2, 3] have no axis of heads"],
    [
      "scores of another shape",
      { weights, scores: [[1, 2]] },
      "note.scores: expected scores [2, 3] beside weights [2, 3]; got [1, 2]",
    ],
    [
      "keys of another number",
      { weights, keys: [[1, 2]] },
      "note.keys: expected keys [heads…, 3, width] beside weights [2, 3]; got [1, 2]",
    ],
    [
      "an unknown kind",
      { weights, kind: "picture" as "image" },
      'note.kind: expected one of attention, summary, alignment, image; got "picture"',
    ],
    ["no image", { weights, kind: "image" }, "note.image: expected an object; got nothing"],
    [
      "an unknown parameter",
      { weights, score: { name: "dot", parameters: { Z: [1] } } },
      'note.score.parameters.Z: expected one of W, U, V, v, b; got "Z"',
    ],
  ])("%s", (_, input, message) => {
    const error = errorOf(input);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(message);
    expect(error.in("zh-CN")).toMatch(/[\u4e00-\u9fff]/);
    expect(error.in("en")).toBe(message);
  });

  test("normalised: false and a tolerance allow other sums", () => {
    expect(makeNote({ weights: [[3, 5]], normalised: false }).normalised).toBe(false);
    expect(() => makeNote({ weights: [[0.33, 0.33, 0.33]], tolerance: 0.02 })).not.toThrow();
  });
});

describe("details", () => {
  const details = {
    scores: weights,
    query: [[1], [2]],
    keys: [[1], [2], [3]],
    values: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    output: [
      [1, 2],
      [3, 4],
    ],
  };

  test("are kept where they are few, with the score's parameters", () => {
    const note = makeNote({ weights, ...details, score: { name: "general", temperature: 2, parameters: { W: [[7]] } } });
    for (const name of ["scores", "query", "keys", "values", "output"] as const) {
      expect(decodeArray(note[name] as InlineArray)).toEqual(Float32Array.from(details[name].flat()));
    }
    expect(note.score).toMatchObject({ name: "general", temperature: 2 });
    expect(decodeArray(note.score?.parameters?.["W"] as InlineArray)).toEqual(Float32Array.of(7));
  });

  test("are left out where many, the scores last; or as told", () => {
    const [Q, K, D] = [2, 3, 20_000];
    const many = {
      ...details,
      keys: { shape: [K, D], data: new Float32Array(K * D) },
      query: { shape: [Q, D], data: new Float32Array(Q * D) },
    };
    const note = makeNote({ weights, ...many });
    expect([note.scores !== undefined, note.keys, note.values]).toEqual([true, undefined, undefined]);
    expect(makeNote({ weights, ...many, detail: "all" }).keys).toMatchObject({ encoding: "f16", shape: [3, 20_000] });
    expect(makeNote({ weights, ...details, detail: "none" }).scores).toBeUndefined();
  });

  test("have the heads of the weights, or none", () => {
    const heads = [weights, weights];
    expect(
      makeNote({
        weights: heads,
        query: [
          [[1], [2]],
          [[3], [4]],
        ],
      }).query?.shape,
    ).toEqual([2, 2, 1]);
    expect(makeNote({ weights: heads, output: [[1], [2]] }).output?.shape).toEqual([2, 1]);
    expect(errorOf({ weights: heads, query: [[[1], [2]]] }).path).toBe("note.query");
  });
});
