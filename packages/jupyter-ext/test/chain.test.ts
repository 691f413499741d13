// @vitest-environment happy-dom
import { makeNote, type NoteInput } from "heed/note";
import { describe, expect, test } from "vitest";
import { chainOf } from "../src/view/chain.js";
import { chainTable } from "../src/view/chain-table.js";
import { english } from "./drawing-options.js";

const states = [
  [1, 1, 0],
  [0, 1, 1],
  [2, 0, 1],
  [1, 0, 1],
];

test("h1 over s1…s4: scores m, weights a, what each adds, and the attention vector", () => {
  const weights = [[0.25, 0.25, 0.5, 0]];
  const note = makeNote({
    weights,
    rows: ["h1"],
    columns: ["s1", "s2", "s3", "s4"],
    scores: [[1, 2, 4, 3]],
    query: [[1, 0, 2]],
    keys: states,
    values: states,
    output: [[1.25, 0.5, 0.75]],
    detail: "all",
  });
  const chain = chainOf(note, 0, 0);
  expect(chain).toMatchObject({ query: { token: "h1", vector: [1, 0, 2] }, output: [1.25, 0.5, 0.75], keysAreValues: true });
  expect(chain?.links[2]).toMatchObject({
    token: "s3",
    key: [2, 0, 1],
    score: 4,
    weight: 0.5,
    masked: false,
    contribution: [1, 0, 0.5],
  });
  const sum = [0, 1, 2].map((d) => chain?.links.reduce((total, link) => total + (link.contribution?.[d] ?? 0), 0));
  expect(sum).toEqual(chain?.output);
});

test("values that differ from the keys, and a masked key, are told", () => {
  const note = makeNote({
    weights: [[1, 0]],
    mask: [[1, 0]],
    keys: [[1], [2]],
    values: [[5], [7]],
    detail: "all",
  });
  const chain = chainOf(note, 0, 0);
  expect(chain).toMatchObject({ keysAreValues: false });
  expect(chain?.links.map(({ masked }) => masked)).toEqual([false, true]);
});

test("each head has its own vectors", () => {
  const note = makeNote({ weights: [[[1]], [[1]]], values: [[[3]], [[4]]], detail: "all" });
  expect(chainOf(note, 1, 0)?.links[0]?.value).toEqual([4]);
});

test("there is none where the note holds weights only, or too many keys to lay out", () => {
  expect(chainOf(makeNote({ weights: [[1]] }), 0, 0)).toBeUndefined();
  const weights = [Array.from({ length: 25 }, () => 0.04)];
  expect(chainOf(makeNote({ weights, scores: weights }), 0, 0)).toBeUndefined();
});

const labelsOf = (input: Partial<NoteInput>): string[] => {
  const note = makeNote({
    weights: [[0.25, 0.75]],
    scores: [[1, 2]],
    query: [[1, 0, 2, 1]],
    keys: [[1, 1, 0, 0], [0, 1, 1, 0]], // prettier-ignore
    detail: "all",
    ...input,
  });
  const chain = chainOf(note, 0, 0);
  const table = chain && chainTable(chain, note.score, english);
  return [...(table?.querySelectorAll("th[scope=row]") ?? [])].map((label) => label.textContent);
};

describe("the table says how its numbers came about", () => {
  test.each([
    ["m = q·k", "a = softmax(m)", { name: "dot" }],
    ["m = q·k", "a = softmax(m ÷ 0.5)", { name: "dot", temperature: 0.5 }],
    ["m = q·k ÷ √D", "a = softmax(m)", { name: "scaled", scale: 0.5 }],
    ["m = 0.25 · q·k", "a = softmax(m ÷ 2)", { name: "scaled", scale: 0.25, temperature: 2 }],
    ["m = vᵀtanh(W q + U k)", "a = softmax(m)", { name: "additive" }],
    ["m = vᵀtanh(W q + U k + b)", "a = softmax(m)", { name: "additive", parameters: { b: [1, 2] } }],
  ] as const)("%s, %s", (score, weights, made) => {
    expect(labelsOf({ score: made })).toEqual(["k", score, weights]);
  });
});
