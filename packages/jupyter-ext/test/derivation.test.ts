// @vitest-environment happy-dom
/** What a derivation writes: the numbers that recompute to the cell's, folded where there are many. */
import * as fc from "fast-check";
import { deriveCell, makeNote, type Note } from "heed/note";
import { describe, expect, test } from "vitest";
import { foldLargest } from "../src/derivation/fold.js";
import { parseGuess } from "../src/derivation/guess.js";
import { GuessForm } from "../src/derivation/guess-form.js";
import { outputStep, piecesOf } from "../src/derivation/output-step.js";
import { column, numberedToken } from "../src/derivation/parts.js";
import { scoreStep } from "../src/derivation/score-step.js";
import { softmaxStep } from "../src/derivation/softmax-step.js";
import { english } from "./drawing-options.js";

const states = [
  [1, 1, 0],
  [0, 1, 1],
  [2, 0, 1],
  [1, 0, 1],
];
const exponentials = [1, 2, 4, 3].map(Math.exp);
const sum = exponentials.reduce((total, x) => total + x, 0);

/** h1 = (1, 0, 2) looks at s1 … s4, as in the notes on attention. */
const byHand = (): Note =>
  makeNote({
    weights: [exponentials.map((x) => x / sum)],
    scores: [[1, 2, 4, 3]],
    query: [1, 0, 2],
    keys: states,
    values: states,
    rows: ["h1"],
    columns: ["s1", "s2", "s3", "s4"],
    score: { name: "dot" },
  });

/** q·k = 0 and 4, whose weights are those of dot and not of scaled. */
const vectorsOfTwo = {
  weights: [[1 / (1 + Math.exp(4)), 1 / (1 + Math.exp(-4))]],
  query: [2, 0],
  keys: [
    [0, 1],
    [2, 0],
  ],
};

const cellsIn = (node: Element | undefined, row: number): string[] =>
  [...(node?.querySelectorAll("tbody tr")[row]?.children ?? [])].map((cell) => cell.textContent ?? "");

describe("the score", () => {
  test("is listed term by term, the largest first, and adds up", () => {
    const node = scoreStep(deriveCell(byHand(), 0, 0, 2), english);
    expect(cellsIn(node, 0)).toEqual(["1", "1", "2", "2", ""]);
    expect(cellsIn(node, 1)).toEqual(["3", "2", "1", "2", ""]);
    expect(cellsIn(node, 2)).toEqual(["2", "0", "0", "0", ""]);
    expect(node?.textContent).toContain("m = Σ = 4");
  });

  test("of many terms folds the small ones, with what they are together", () => {
    const size = 96;
    const q = Array.from({ length: size }, (_, i) => (i === 60 ? 5 : 0.125));
    const note = makeNote({ weights: [[1]], query: [q], keys: [q.map(() => 1)], score: { name: "dot" } });
    const node = scoreStep(deriveCell(note, 0, 0, 0), english);
    expect(node?.querySelectorAll("tbody tr")).toHaveLength(9);
    expect(cellsIn(node, 0)).toEqual(["61", "5.000", "1", "5.000", ""]);
    expect(cellsIn(node, 8)[0]).toContain(`and 88 more, together ${88 * 0.125}`);
    node?.querySelector<HTMLElement>(".jp-HeedLink")?.click();
    expect(node?.querySelectorAll("tbody tr")).toHaveLength(size);
  });

  test("says what it is scaled by, and what else was added to it", () => {
    const note = makeNote({
      weights: [[1]],
      scores: [[7]],
      query: [[2, 2, 2, 2]],
      keys: [[1, 1, 1, 1]],
      score: { name: "scaled", scale: 0.5 },
    });
    const text = scoreStep(deriveCell(note, 0, 0, 0), english)?.textContent ?? "";
    expect(text).toContain("m = 8 × 0.5 = 4");
    expect(text).toContain("The score that was used is 7: something else added 3");
  });
});

const stepOf = (note: Note, column: number, isHidden = false): HTMLElement => {
  const derivation = deriveCell(note, 0, 0, column);
  if (!derivation.softmax) throw new Error("the note has no scores");
  return softmaxStep(note, { ...derivation, softmax: derivation.softmax }, column, isHidden, english);
};

test("a formula that the note does not name is said to have been tried", () => {
  const { score: _, ...note } = makeNote({ ...vectorsOfTwo, score: { name: "dot" } });
  const node = scoreStep(deriveCell(note, 0, 0, 1), english);
  expect(node?.textContent).toContain("m = q·k = Σᵢ qᵢ kᵢ");
  expect(node?.textContent).toContain("this formula was tried");
});

describe("the weight", () => {
  test("is its exponential over the sum of the row, and agrees with the note", () => {
    const node = stepOf(byHand(), 2);
    expect(cellsIn(node, 2)).toEqual(["s3", "4", "54.5982", "0.6439", ""]);
    expect(node.textContent).toContain("a = 54.5982 ÷ 84.791 = 0.6439");
    expect(node.querySelector(".jp-HeedDerivation-check")).not.toBeNull();
  });

  test("is not told before it is guessed", () => {
    const node = stepOf(byHand(), 2, true);
    expect(cellsIn(node, 2)).toEqual(["s3", "4"]);
    expect(node.textContent).not.toContain("0.64");
  });

  test("of a masked key is exactly 0; the masked keys take no part", () => {
    const note = makeNote({ weights: [[0.5, 0.5, 0]], scores: [[1, 1, 9]], mask: [[1, 1, 0]] });
    expect(cellsIn(stepOf(note, 2), 2).slice(0, 4)).toEqual(["3", "masked", "0", "0"]);
    expect(stepOf(note, 2).textContent).toContain("masked, so exactly 0");
    expect(stepOf(note, 0).textContent).toContain("1 key is masked");
  });

  test("that is not what the scores give is said to be so", () => {
    const node = stepOf(makeNote({ weights: [[0.5, 0.5]], scores: [[0, 1]] }), 0);
    expect(node.querySelector(".jp-HeedDerivation-check")).toBeNull();
    expect(node.querySelector(".jp-HeedDerivation-warning")?.textContent).toContain(
      "The note stores 0.5, which is 0.2311 away",
    );
  });

  test("never folds the chosen key away", () => {
    const weights = [Array.from({ length: 300 }, (_, i) => (i === 7 ? 0 : 1 / 299))];
    const note = makeNote({
      weights,
      scores: [weights[0]?.map((a) => (a === 0 ? -60 : 0)) ?? []],
      columns: weights[0]?.map((_, i) => `t${i}`) ?? [],
    });
    const rows = [...stepOf(note, 7).querySelectorAll("tbody tr")];
    expect(rows).toHaveLength(11);
    expect(rows.filter((row) => row.className === "jp-mod-chosen").map((row) => row.firstChild?.textContent)).toEqual(["t7"]);
  });
});

describe("the output", () => {
  test("is the sum of what the keys add", () => {
    const { output } = deriveCell(byHand(), 0, 0, 2);
    if (!output) throw new Error("the note has no values");
    const node = outputStep(byHand(), output, 2, english);
    const weight = (exponentials[2] ?? 0) / sum;
    expect(cellsIn(node, 0)[1]).toBe(String(Number((2 * weight).toFixed(4))));
    const total = Array.from(states.keys()).reduce((all, j) => all + ((exponentials[j] ?? 0) / sum) * (states[j]?.[0] ?? 0), 0);
    expect(cellsIn(node, 0)[3]).toBe(String(Number(total.toFixed(4))));
  });

  test("is cut into pieces that add up, the chosen key's own among them", () => {
    const numbers = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(numbers, fc.nat(), (values, seed) => {
        const column = seed % values.length;
        const output = { width: 1, contributions: Float64Array.from(values), output: Float64Array.of(0) };
        const { parts, negative, positive } = piecesOf(output, 0, column);
        const total = values.reduce((all, value) => all + value, 0);
        expect(parts.reduce((all, { value }) => all + value, 0)).toBeCloseTo(total, 9);
        expect(negative + positive).toBeCloseTo(total, 9);
        expect(parts.length).toBeLessThanOrEqual(11);
        expect(parts.some(({ key }) => key === column)).toBe(values[column] !== 0);
      }),
    );
  });
});

test("numbers below each other have the same decimals; 0 and tiny ones stay as they are", () => {
  expect(column([1, -0.25, 0, 1e-7])).toEqual(["1.00", "−0.25", "0", "1.00e−7"]);
  expect(column([1, -2])).toEqual(["1", "−2"]);
});

test("only tokens that look alike are numbered", () => {
  expect([0, 1, 2].map((place) => numberedToken(["the", "cat", "the"], place).textContent)).toEqual(["the 1", "cat", "the 3"]);
});

test("folding keeps every item, and never leaves a single one over", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (items, most) => {
      const { shown, rest } = foldLargest(items, (item) => item, most);
      expect([...shown, ...rest].toSorted()).toEqual(items.toSorted());
      expect(rest.length).not.toBe(1);
      const smallest = Math.min(...shown);
      expect(rest.every((item) => item <= smallest)).toBe(true);
    }),
  );
});

test.each([
  ["0.6", 0.6],
  [".6", 0.6],
  ["1", 1],
  ["60%", 0.6],
  ["60 %", 0.6],
  ["3/5", 0.6],
  ["0,6", 0.6],
  ["０．６", 0.6],
  ["６０％", 0.6],
  ["0。6", 0.6],
  [" 0.6 ", 0.6],
])("a guess may be written %j", (text, value) => {
  expect(parseGuess(text)).toBeCloseTo(value, 12);
});

test.each(["", "x", "1.1", "101%", "-0.1", "3/0", "%", ".", "0.6.1", "1/2/3", "∞"])("%j is no guess", (text) => {
  expect(parseGuess(text)).toBeUndefined();
});

test("a guess is asked for, refused with a hint where it is none, and then set beside the weight", () => {
  const guesses: number[] = [];
  const { node } = new GuessForm(0.6439, undefined, english, (value) => guesses.push(value));
  const input = node.querySelector("input");
  if (!input) throw new Error("there is no field");
  document.body.append(node);
  const submit = (text: string): void => {
    input.value = text;
    node.dispatchEvent(new Event("submit", { cancelable: true }));
  };
  submit("2");
  expect(guesses).toEqual([]);
  expect(input.getAttribute("aria-invalid")).toBe("true");
  expect(node.querySelector("[role=status]")?.textContent).toContain("0.6, 60% or 3/5");
  submit("60%");
  expect(guesses).toEqual([0.6]);
  const answered = new GuessForm(0.6439, 0.6, english, () => undefined).node.textContent;
  expect(answered).toContain("too low");
  expect(answered).toContain("difference −0.0439");
});
