import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkNote, evaluateNote, NoteSyntaxError, parseWrittenNote } from "../../src/language/index.js";
import { nearestField } from "../../src/language/fields.js";
import { checkerboard } from "../note/fixtures.js";

/** `line:column–line:column code message` of everything that is wrong. */
const problemsOf = (text: string): string[] =>
  checkNote(text).map(({ line, column, endLine, endColumn, code, message }) => {
    const end = endLine === line ? `${endColumn}` : `${endLine}:${endColumn}`;
    return `${line}:${column}–${end} ${code} ${message}`;
  });

const png = `data:image/png;base64,${checkerboard.data}`;

describe("what is wrong is said at its place", () => {
  test.each<[string, string[]]>([
    // weights
    [
      "columns: [a, b, c, d, e]\nweights:\n  - [0.2, 0.2, 0.2, 0.2, 0.2]\n  - [0.5, 0.5, 0, 0]",
      ["4:5–21 wrong-size row 2 has 4 weights; there are 5 keys"],
    ],
    ["weights: [[0.5, 0.5], [1]]", ["1:23–26 wrong-size row 2 has 1 weight; row 1 has 2"]],
    [
      "weights: [[0.7, 0.2]]",
      ["1:11–21 not-weights row 1 sums to 0.9, not 1; if it is no distribution, write normalised: false"],
    ],
    ["weights: [[1.5, -0.5]]", ["1:11–22 not-weights weight 2 of row 1 is -0.5; weights are at least 0"]],
    ["weights: [[a, 1]]", ["1:12–13 wrong-type expected a number; got “a”"]],
    [
      "weights: [[.inf, 1/0]]",
      ["1:12–16 wrong-type expected a number; got “.inf”", "1:18–21 wrong-type expected a number; got “1/0”"],
    ],
    ["weights: 1", ["1:10–11 wrong-type expected a list of numbers such as [1, 0, 2]; got “1”"]],
    ["weights:", ["1:9–9 wrong-type expected a list of numbers such as [1, 0, 2]; got nothing"]],
    ["weights: []", ["1:10–12 wrong-size expected at least one number"]],
    ["weights: {}", ["1:10–12 wrong-size expected at least one row of numbers"]],
    ["weights: [[[1]], [[0, 1]]]", ["1:18–26 wrong-size matrix 2 is 1 × 2; matrix 1 is 1 × 1"]],
    ["weights: [[[[[1]]]]]", ["1:14–17 wrong-type expected a number; got a list"]],
    ["weights: [[1], [1]]\nrows: a", ["2:7–8 wrong-size rows has 1 label; there are 2 rows"]],
    ["weights: [1]\nheads: [a]", ["2:8–11 misplaced-field these weights have no heads; write one matrix for each head"]],
    ["weights: [[[1]]]\nheads: [a, b]", ["2:8–14 wrong-size heads has 2 labels; there is 1 head"]],
    [
      "weights: [[0, 1]]\nmask: causal",
      ["2:7–13 not-weights the mask forbids row 1 to look at column 2, but the weight there is 1"],
    ],
    ["weights: [1]\nnormalised: maybe", ["2:13–18 wrong-type expected true or false"]],
    // fields
    ["weigths: [1]", ["1:1–8 unknown-field unknown field weigths; did you mean weights?"]],
    ["Title: x\nweights: [1]", ["1:1–6 unknown-field unknown field Title; did you mean title?"]],
    ["weights: [1]\nweights: [1]", ["2:1–8 repeated-field weights is given twice"]],
    [
      "title: x",
      ["1:1–1 missing-field expected weights, or what to compute them from: query and keys, tokens and vectors, or H, W and V"],
    ],
    ["weights: [1]\nquery: [1]", ["2:8–11 misplaced-field weights and query belong to different notes; keep one of them"]],
    ["weights: [1]\nscore: dot", ["2:1–6 misplaced-field score means nothing beside weights; it goes with query / vectors"]],
    ["weights: [1]\nscale: coulour", ["2:8–15 wrong-value expected one of row, global, log, rank; got “coulour”"]],
    [
      "weights: [1]\nscale: globl",
      ["2:8–13 wrong-value expected one of row, global, log, rank; got “globl”. Did you mean global?"],
    ],
    ["weights: [1]\nnumbers: 3", ["2:10–11 wrong-type expected true or false; got “3”"]],
    ["weights: [1]\ntitle: [a]", ["2:8–11 wrong-type expected a text; got a list"]],
    [`weights: [1]\ntitle: ${"x".repeat(1001)}`, ["2:8–1009 too-large a text here has at most 1000 characters"]],
    // vectors
    ["query: [1]", ["1:8–11 missing-field query needs keys to look at"]],
    [
      "query: { h: [1, 2] }\nkeys: [[1, 2, 3]]",
      ["2:8–17 wrong-size keys have width 3, queries 2; score scaled needs the same (general, concat and additive do not)"],
    ],
    ["query: [1]\nkeys: [[1], [2]]\nvalues: [[1]]", ["3:9–14 wrong-size there is 1 value and 2 keys; each key has one value"]],
    [
      "query: [1]\nkeys: { a: [1], b: [2] }\nvalues: { b: [1], a: [2] }",
      ["3:9–27 wrong-value values have the labels b, a, keys a, b; write them alike and in the same order"],
    ],
    [
      "query: [1]\nkeys: [[1]]\nscore: generl",
      [
        "3:8–14 wrong-value expected one of dot, scaled, general, concat, additive, cosine; got “generl”. Did you mean general?",
      ],
    ],
    [
      "query: [1]\nkeys: [[1]]\nscore: additive\nv: [1]",
      ["3:8–16 missing-field score additive needs W", "3:8–16 missing-field score additive needs U"],
    ],
    [
      "query: [1]\nkeys: [[1]]\nscore: dot\nW: [[1]]",
      ["4:4–9 misplaced-field score dot has no W; general, concat, additive has"],
    ],
    [
      "query: [1, 2]\nkeys: [[1]]\nscore: general\nW: [[1, 2]]",
      ["4:4–12 wrong-size W is 1 × 2; it must be 2 × 1, its transpose"],
    ],
    [
      "query: [1]\nkeys: [[1]]\nscore: additive\nW: [[1]]\nU: [[1]]\nv: [1]\nb: [1, 2]",
      ["7:4–10 wrong-size b has 2 numbers; v has 1"],
    ],
    ["query: [1]\nkeys: [[1]]\ntemperature: 0", ["3:14–15 wrong-value a temperature is between 0.000001 and 1000000"]],
    ["query: [1]\nkeys: [[1e39]]", ["2:9–13 wrong-value numbers go up to 3.4e38"]],
    // masks
    [
      "query: [1]\nkeys: [[1]]\nmask: casual",
      ["3:7–13 wrong-value expected causal, rows of 0 and 1, or { lengths: n }; got “casual”. Did you mean causal?"],
    ],
    ["query: [1]\nkeys: [[1]]\nmask: [1, 0]", ["3:7–13 wrong-size row 1 of the mask has 2; there is 1 key"]],
    ["query: [1]\nkeys: [[1]]\nmask: [[1], [1]]", ["3:7–17 wrong-size the mask has 2 rows; there is 1 query"]],
    ["query: [1]\nkeys: [[1]]\nmask: [2]", ["3:8–9 wrong-type expected 1 (may look) or 0 (may not)"]],
    ["query: [1]\nkeys: [[1]]\nmask: { lengths: 2 }", ["3:18–19 wrong-value expected a whole number from 0 to 1; got “2”"]],
    [
      "query: [1]\nkeys: [[1]]\nmask: { padding: 2 }",
      ["3:9–16 unknown-field a mask has causal, lengths, keep and allowed; got padding"],
    ],
    // self-attention
    ["tokens: [a, b]\nvectors: [[1], [2], [3]]", ["1:9–15 wrong-size tokens has 2 labels; there are 3 rows"]],
    ["vectors: [[1, 2, 3]]\nheads: 2", ["2:8–9 wrong-value width 3 of the query cannot be split into 2 heads; choose 1, 3"]],
    ["vectors: [[1, 2, 3]]\nheads: 0", ["2:8–9 wrong-value expected a whole number from 1 to 64; got “0”"]],
    ["vectors: [[1, 2]]\nWq: [[1, 2]]", ["2:5–13 wrong-size Wq has 1 row; the vectors have width 2; this is its transpose"]],
    // summary
    ["H: [[1]]\nV: [[1]]", ["1:4–9 missing-field A = softmax(V tanh(W Hᵀ)) needs W"]],
    ["H: [[1]]\nW: [[1]]\nV: [[1]]\nv: [1]", ["4:4–7 misplaced-field V and v are the same parameter; keep one"]],
    [
      "H: [[1, 2]]\nW: [[1]]\nV: [[1, 1]]",
      [
        "2:5–8 wrong-size a row of W has 1 number; the states in H have width 2",
        "3:5–11 wrong-size a row of V has 2 numbers; W has 1 row",
      ],
    ],
    // images
    [`image: ${png}\nweights: [1]`, ["1:8–13 missing-field an image needs grid: [rows, columns] of its parts"]],
    [`image: ${png}\ngrid: [2, 2]\nweights: [1]`, ["2:7–13 wrong-size the grid has 2 × 2 = 4 parts; a row has 1 weight"]],
    [`image: ${png}\ngrid: [a]\nweights: [1]`, ["2:7–10 wrong-value expected [rows, columns], such as [7, 7]"]],
    [
      "image: https://example.org/a.png\ngrid: 1\nweights: [1]",
      [
        "1:8–33 wrong-value expected an image inside the note, data:image/png;base64,… or data:image/jpeg;base64,…; a note fetches nothing",
      ],
    ],
    [
      "image: data:image/png;base64,AAAA\ngrid: 1\nweights: [1]",
      [
        "1:8–34 wrong-value expected an image inside the note, data:image/png;base64,… or data:image/jpeg;base64,…; a note fetches nothing",
      ],
    ],
    ["grid: 1\nweights: [1]", ["1:7–8 missing-field grid divides an image; give image too"]],
    // YAML
    ["weights: [1", ["1:12–13 yaml a list or map is not closed, or a line is not indented like its neighbours"]],
    // what follows a bracket that is not closed is not told as well
    [
      "rows: {a\nkeys:\n  s1: [1, 1, 0]\n  s2: [0, 1, 1]\nscore: dot",
      ["2:1–2 yaml a list or map is not closed, or a line is not indented like its neighbours"],
    ],
    ["title: a: b\nweights: [1]", ["1:8–9 yaml one field a line; a text that contains a colon needs quotes"]],
    ["title:\n\tx: 1", ["2:1–2 yaml indent with spaces, not tabs"]],
    ["title: `x`", ["1:8–9 yaml a text that begins with ` or @ needs quotes"]],
    ["weights: [1]\n---\nweights: [1]", ["2:1–3:13 yaml one note a block: remove the line ---"]],
    [
      "weights: &w [1]\ntitle: *w",
      [
        "1:13–16 yaml anchors (&) and aliases (*) are not part of a note; quote a text that begins so",
        "2:8–10 yaml anchors (&) and aliases (*) are not part of a note; quote a text that begins so",
      ],
    ],
    ["weights: !!python/object [1]", ["1:26–29 yaml tags (!) are not part of a note; quote a text that begins so"]],
    ["? [a]\n: 1", ["1:3–6 yaml a label is a text or a number, not a list"]],
    ["", ['1:1–1 wrong-type expected fields such as "weights: [[0.7, 0.3]]"']],
    ["weights:[1]", ['1:1–12 wrong-type expected fields such as "weights: [[0.7, 0.3]]", with a space after the colon']],
    [
      "weights\uff1a[1]",
      ['1:1–12 wrong-type expected fields such as "weights: [[0.7, 0.3]]"; write : and a space instead of \uff1a'],
    ],
    ["weights: [1\uff0c0]", ["1:11–14 wrong-type expected a number; got “1\uff0c0”"]],
  ])("%j", (text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
    for (const { wording } of checkNote(text, { language: "zh-CN" })) expect(wording["zh-CN"]).toMatch(/[\u4e00-\u9fff]/);
  });

  test("all problems at once, in the order of the text", () => {
    expect(problemsOf("colums: [a]\nscale: x\nweights: [[0.5, 0.4]]\nmask: 3")).toEqual([
      "1:1–7 unknown-field unknown field colums; did you mean columns?",
      "2:8–9 wrong-value expected one of row, global, log, rank; got “x”",
      "3:11–21 not-weights row 1 sums to 0.9, not 1; if it is no distribution, write normalised: false",
      "4:7–8 wrong-value expected causal, rows of 0 and 1, or { lengths: n }; got “3”",
    ]);
  });

  test("the error is the first of them, in the language asked for", async () => {
    const text = "title: x\nweights: [[0.5, 0.4]]\nmask: 3";
    const error = await evaluateNote(text, { language: "zh-CN" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NoteSyntaxError);
    expect(error).toBeInstanceOf(SyntaxError);
    expect(error).toMatchObject({
      line: 2,
      column: 11,
      message: "笔记第 2 行第 11 列：第 1 行之和为 0.9，而不是 1；若不是概率分布，请写 normalised: false",
    });
    expect((error as NoteSyntaxError).diagnostics).toHaveLength(2);
    expect(() => parseWrittenNote(text)).toThrow(/^note, line 2, column 11: row 1 sums to 0\.9, not 1; /);
  });

  test("a number that overflows is a mistake of the note", async () => {
    await expect(evaluateNote("query: [1e38]\nkeys: [[1e38]]\nscore: dot")).rejects.toThrow(NoteSyntaxError);
  });
});

test.each([
  ["queries", "query"],
  ["key", "keys"],
  ["vector", "vectors"],
  ["normalized", "normalised"],
  ["权重", "weights"],
  ["temprature", "temperature"],
  ["wq", "Wq"],
  ["zzzzzz", undefined],
  ["constructor", undefined],
])("%s was meant to be %s", (name, field) => {
  expect(nearestField(name)).toBe(field);
});

describe("sizes", () => {
  test.each([
    [
      "text",
      `title: ${"x".repeat(60_000)}`,
      "a written note has at most 50000 characters; this one has 60007. Make the note in a code cell",
    ],
    ["depth", `weights: ${"[".repeat(20)}1${"]".repeat(20)}`, "lists may be nested 8 deep, not deeper"],
    ["depth beyond the stack", `weights: ${"[".repeat(20_000)}`, "lists may be nested 8 deep, not deeper"],
    [
      "weights to compute",
      `query: [${"[1],".repeat(600)}]\nkeys: [${"[1],".repeat(600)}]`,
      "a written note computes at most 262144 weights; these are 360000. Compute them in a code cell",
    ],
    ["labels", `weights: [1]\ncolumns: ${"a ".repeat(2_000)}`, "columns has 2000 labels; there is 1 column"],
  ])("%s are limited before anything is computed", (_, text, message) => {
    expect(checkNote(text).map((problem) => problem.message)).toContain(message);
  });

  test.each([
    ["lines", "\n".repeat(49_000)],
    ["brackets", "[".repeat(49_000)],
    ["quotes", '"'.repeat(49_000)],
    ["unknown fields", Array.from({ length: 3_000 }, (_, i) => `queri${i}: 1`).join("\n")],
    ["nameless fields", "?\n".repeat(20_000)],
    ["white space of every kind", "\r\u2028\t\u00a0".repeat(10_000)],
  ])("many %s are refused without a hang", (_, text) => {
    expect(checkNote(text)).not.toEqual([]);
  });

  test("an image does not count as text", () => {
    const long = Buffer.concat([Buffer.from(checkerboard.data, "base64"), Buffer.alloc(150_000)]).toString("base64");
    expect(checkNote(`image: data:image/png;base64,${long}\ngrid: 1\nweights: [1]`)).toEqual([]);
  });

  test("labels cannot reach what objects inherit", async () => {
    const { axes } = await evaluateNote("weights: { __proto__: [0, 1], constructor: [1, 0] }\ncolumns: [toString, __proto__]");
    expect(axes.rows.tokens).toEqual(["__proto__", "constructor"]);
    expect(problemsOf("__proto__: 1\nweights: [1]")[0]).toMatch(
      /^1:1–10 unknown-field unknown field __proto__; there are title, /,
    );
  });
});

describe("whatever is written", () => {
  const word = fc.constantFrom(
    ..."weights query keys values vectors tokens text H W V U v b Wq heads mask score temperature rows columns image grid title scale".split(
      " ",
    ),
    ..."dot general additive causal lengths [ ] { } , : - # & * ! | > ' \" ? 1 0 0.5 1/2 -1 1e400 .nan a 我 : [1,0] [[1,0],[0,1]] {a: [1]}".split(
      " ",
    ),
    "\n",
    "\n  ",
    "\t",
    ": ",
    "---\n",
    png,
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 40 }).map((words) => words.join("")),
    fc
      .array(
        fc.tuple(word, word).map(([name, value]) => `${name}: ${value}`),
        { maxLength: 8 },
      )
      .map((lines) => lines.join("\n")),
    fc.string({ unit: "binary", maxLength: 200 }),
  );

  test("is checked: problems lie inside the text, in both languages, and none means a note", () => {
    fc.assert(
      fc.property(text, (source) => {
        const problems = checkNote(source);
        const lines = source.split("\n");
        const misplaced = problems.filter(({ line, column, endLine, endColumn }) => {
          const isInside = column >= 1 && column <= (lines[line - 1]?.length ?? -1) + 1;
          return !isInside || endLine < line || (endLine === line && endColumn < column) || endLine > lines.length;
        });
        expect(misplaced).toEqual([]);
        expect(problems.filter(({ wording }) => !/[\u4e00-\u9fff]/.test(wording["zh-CN"]))).toEqual([]);
        if (problems.length === 0) parseWrittenNote(source);
      }),
      { numRuns: 2_000 },
    );
  }, 60_000);

  test("is evaluated, or is a NoteSyntaxError", async () => {
    await fc.assert(
      fc.asyncProperty(text, async (source) => {
        const error = await evaluateNote(source).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error === undefined || error instanceof NoteSyntaxError).toBe(true);
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
