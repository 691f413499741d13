import { makeNote, type Note } from "../../src/note/index.js";

/** A PNG of 2 × 2 pixels, black and white. */
export const checkerboard = {
  mediaType: "image/png" as const,
  data: "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADElEQVR4nGNg+A+EAAYAAf+T0eSJAAAAAElFTkSuQmCC",
  width: 2,
  height: 2,
};

const weights = [
  [0.5, 0.25, 0.25],
  [0, 0, 0],
];
const mask = [
  [1, 1, 1],
  [0, 0, 0],
];
const tokens = {
  tokens: ["a", "b"],
  offsets: [
    [0, 1],
    [1, 2],
  ] as [number, number][],
  text: "ab",
  special: [0],
  words: [0, -1],
};

/** Notes of every kind and with every field. */
export const notes: Record<string, Note> = {
  attention: makeNote({
    weights,
    mask,
    rows: tokens,
    columns: ["x", "y", "z"],
    scores: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    query: [[1], [2]],
    keys: [[1], [2], [3]],
    values: [[1], [2], [3]],
    output: [[1], [0]],
    score: { name: "general", scale: 0.5, temperature: 2, parameters: { W: [[1]] } },
    view: { scale: "row", numbers: true },
    source: { model: "m", text: "ab", cell: "c" },
    title: "title",
  }),
  heads: makeNote({ weights: [[weights, weights]], maskedRows: [1, 3], layers: ["l"], heads: ["g", "h"] }),
  self: makeNote({
    weights: [
      [0.5, 0.5],
      [1, 0],
    ],
    rows: tokens,
    columns: tokens,
  }),
  bytes: makeNote({
    weights: [
      [0.5, 0.5],
      [1, 0],
    ],
    encoding: "u8",
  }),
  summary: makeNote({ weights: [[1, 0]], kind: "summary", normalised: false }),
  image: makeNote({ weights: [[0.5, 0.25, 0.25, 0]], kind: "image", image: { ...checkerboard, grid: [2, 2] } }),
  external: makeNote({
    weights: [
      [0.5, 0.5],
      [1, 0],
    ],
    external: {
      file: "n.safetensors",
      tensor: "w",
      maxError: 0,
      headerHash: "ab".repeat(32),
      pyramid: [{ block: [1, 1], max: "m", mean: "n" }],
    },
  }),
};
