/** Figures for papers: what is drawn where, read back from the SVG. */
import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { makeNote, paperFigure, type NoteInput, type PaperOptions } from "../../src/note/index.js";
import { encodePng } from "../../src/note/picture/png.js";
import { checkerboard } from "./fixtures.js";

const grey = (share: number): string =>
  `#${Math.round(255 - share * 255)
    .toString(16)
    .padStart(2, "0")
    .repeat(3)}`;
const draw = (input: NoteInput, options: PaperOptions = {}): string =>
  paperFigure(makeNote(input), { colour: grey, ...options });
const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? "");

interface Box {
  readonly fill: string;
  readonly x: number;
  readonly y: number;
}

/** The cells of a heat map, each where its path begins. */
const cellsOf = (svg: string): Box[] =>
  [...svg.matchAll(/<path fill="(#[0-9a-f]{6})" d="([^"]*)"/g)].flatMap(([, fill = "", d = ""]) =>
    [...d.matchAll(/M([\d.]+) ([\d.]+)h/g)].map(([, x, y]) => ({ fill, x: Number(x), y: Number(y) })),
  );
/** The colours of cells in reading order. */
const coloursOf = (svg: string): string[] =>
  cellsOf(svg)
    .toSorted((a, b) => a.y - b.y || a.x - b.x)
    .map(({ fill }) => fill);
const millimetres = (svg: string): number[] =>
  [...(/ width="([\d.]+)mm" height="([\d.]+)mm"/.exec(svg) ?? [])].slice(1).map(Number);

const seed: NoteInput = {
  weights: [
    [0.2, 0.4, 0.4],
    [0, 0.2, 0.8],
  ],
  rows: ["h1", "h2"],
  columns: ["我", "是", "中国人"],
  title: "我是中国人",
};

/** Colours the six cells of {@link seed} in their order. */
const byPlace: PaperOptions["colouring"] = (weights) => ({
  shares: weights.map((_, i) => i / 5),
  legend: { title: "place", low: "last", high: "first" },
});

describe("a heat map", () => {
  const svg = draw(seed);

  test("has a vector for each cell, in the colour of its share, and its number as text", () => {
    expect(coloursOf(svg)).toEqual([grey(0.25), grey(0.5), grey(0.5), grey(0), grey(0.25), grey(1)]);
    expect(textsOf(svg)).toEqual([
      "key →",
      "← query",
      "我",
      "是",
      "中国人",
      "h1",
      "h2",
      "0.20",
      "0.40",
      "0.40",
      "0",
      "0.20",
      "0.80",
      "0",
      "0.8",
      "weight",
    ]);
  });

  test("is as wide as asked for at most, in millimetres, and its units are points", () => {
    const wide = draw({ weights: [Array.from({ length: 101 }, () => 1 / 101)] }, { width: 174 });
    const [width = 0] = millimetres(wide);
    expect(width).toBeGreaterThan(150);
    expect(width).toBeLessThanOrEqual(174);
    const [, box] = / viewBox="0 0 ([\d.]+) /.exec(wide) ?? [];
    expect((Number(box) * 25.4) / 72).toBeCloseTo(width, 2);
    expect(wide).toContain('font-size="8"');
    expect(millimetres(svg)[0]).toBeLessThan(84);
  });

  test("its columns of labels stand above their cells", () => {
    const cells = cellsOf(svg).toSorted((a, b) => a.y - b.y || a.x - b.x);
    const label = Number(/<text x="([\d.]+)"[^>]*>是</.exec(svg)?.[1]);
    const [first, second, third] = cells;
    expect(label).toBeGreaterThan(second?.x ?? Infinity);
    expect(label).toBeLessThan(third?.x ?? 0);
    expect(first?.y).toBe(third?.y);
  });

  test("says its title only if asked, for a paper's caption says it", () => {
    expect(textsOf(svg)).not.toContain("我是中国人");
    expect(textsOf(draw(seed, { title: true }))[0]).toBe("我是中国人");
  });

  test("draws what it is told to colour", () => {
    const ranked = draw(seed, { colouring: byPlace, numbers: false });
    expect(coloursOf(ranked)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1].map(grey));
    expect(textsOf(ranked).slice(-3)).toEqual(["last", "first", "place"]);
  });
});

test("masked cells are hatched, and the legend says so", () => {
  const svg = draw({ weights: [[1, 0]], mask: [[1, 0]] });
  expect(coloursOf(svg)).toEqual([grey(1)]);
  const [, hatching = ""] = /d="([^"]*)" stroke=/.exec(svg) ?? [];
  const lines = [...hatching.matchAll(/M([\d.]+) [\d.]+L([\d.]+) /g)].map(([, from, to]) => [Number(from), Number(to)]);
  expect(lines.length).toBeGreaterThan(4);
  // inside the second of two cells of 26 points
  const [start = 0] = cellsOf(svg).map(({ x }) => x - 0.25 + 26);
  for (const [from = 0, to = 0] of lines) expect([from >= start, to <= start + 26.01, from < to]).toEqual([true, true, true]);
  expect(textsOf(svg).at(-1)).toBe("weight; hatched: masked");
  expect(textsOf(draw({ weights: [[1, 0]], mask: [[1, 0]] }, { language: "zh-CN" })).at(-1)).toBe("权重；斜线：被遮住");
});

test("equal neighbours of a large matrix join, and no weight is lost", () => {
  const columns = 67;
  const weights = [Array.from({ length: columns }, (_, i) => (i === 41 ? 0.9 : 0.1 / (columns - 1)))];
  const cells = cellsOf(draw({ weights: [...weights, ...weights, ...weights, ...weights] }, { numbers: false }));
  expect(cells.filter(({ fill }) => fill === grey(1))).toHaveLength(4);
  expect(cells).toHaveLength(3 * 4);
});

test("more cells than a vector picture holds are one image of a pixel each, in all their colours", () => {
  const size = 151;
  const data = Float32Array.from({ length: size * size }, (_, i) => (i % 7 === 0 ? 1 : 0));
  const svg = draw({ weights: { shape: [size, size], data }, normalised: false });
  const [, base64 = ""] = /href="data:image\/png;base64,([^"]*)"/.exec(svg) ?? [];
  const bytes = Buffer.from(base64, "base64");
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24]]).toEqual([size, size, 8]);
  const start = bytes.indexOf("IDAT");
  const rows = inflateSync(bytes.subarray(start + 4, start + 4 + bytes.readUInt32BE(start - 4)));
  expect([...rows.subarray(1, 9)]).toEqual([200, 0, 0, 0, 0, 0, 0, 200]);
});

test("a palette of more than fifteen colours takes a byte a pixel", () => {
  const palette = Array.from({ length: 20 }, (_, i) => `#0000${i.toString(16).padStart(2, "0")}`);
  const bytes = Buffer.from(encodePng(3, 1, Uint8Array.from([0, 19, 20]), palette), "base64");
  expect(bytes[24]).toBe(8);
  const alphas = bytes.indexOf("tRNS") + 4;
  expect([...bytes.subarray(alphas + 19, alphas + 21)]).toEqual([255, 0]);
});

describe("other views", () => {
  test("lines join the tokens of both sides, the strongest last and thickest", () => {
    const svg = draw(seed, { form: "lines" });
    const lines = [...svg.matchAll(/stroke="(#\w+)" stroke-width="([\d.]+)"/g)].map(([, , width]) => Number(width));
    // a weight of 0 is no line
    expect(lines).toHaveLength(5);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["h1", "h2", "我", "是", "中国人"]));
  });

  test("lines of several heads are each in the colour of its head, on one scale, beside each other, and the key says which", () => {
    const note = makeNote({
      weights: [[[0.25, 0.75]], [[0, 0.5]]],
      rows: ["h"],
      columns: ["a", "b"],
      normalised: false,
      encoding: "f32",
    });
    const inks = [
      { colour: "#112233", name: "head 1" },
      { colour: "#aabbcc", name: "head 2" },
    ];
    const svg = paperFigure(note, { form: "lines", inks });
    const lines = [...svg.matchAll(/<path d="M\S+ (\S+?)L\S+ \S+" stroke="(#\w+)" stroke-opacity="([\d.]+)"/g)];
    expect(lines.map(([, , colour, opacity]) => [colour, opacity])).toEqual([
      ["#112233", "0.33"],
      ["#aabbcc", "0.67"],
      ["#112233", "1"],
    ]);
    expect(Number(lines[1]?.[1]) - Number(lines[0]?.[1])).toBeCloseTo(1.2);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["head 1", "head 2", "0.75"]));
    expect(() => paperFigure(note, { form: "lines", inks: [...inks, ...inks] })).toThrow(
      "paperFigure: inks: expected at most 2, one for each head; got 4",
    );
  });

  test("running text shades each token by one row", () => {
    const svg = draw(seed, { form: "text", row: 1 });
    const boxes = [...svg.matchAll(/rx="1" fill="(#\w+)"\/><text[^>]*>([^<]*)</g)].map(([, fill, token]) => [token, fill]);
    expect(boxes).toEqual([
      ["我", grey(0)],
      ["是", grey(0.25)],
      ["中国人", grey(1)],
    ]);
  });

  test("several heads are small multiples on one scale, layers down and heads across", () => {
    const weights = [
      [[[1, 0]], [[0.5, 0.5]]],
      [[[0.25, 0.75]], [[0, 1]]],
    ];
    const svg = draw({ weights, layers: ["l1", "l2"], heads: ["g", "h"] });
    expect(coloursOf(svg)).toEqual([1, 0, 0.5, 0.5, 0.25, 0.75, 0, 1].map(grey));
    expect(textsOf(svg).slice(0, 4)).toEqual(["g", "h", "l1", "l2"]);
    // 0.25 ÷ 0.75, to the nearest of 200 steps
    expect(coloursOf(draw({ weights, layers: ["l1", "l2"], heads: ["g", "h"] }, { head: 2 }))).toEqual([grey(0.335), grey(1)]);
  });

  test("a summary has the overlap of its hops beside it", () => {
    const weights = [
      [1, 0, 0],
      [0.5, 0.5, 0],
    ];
    const svg = draw({ kind: "summary", weights });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["A Aᵀ →"]));
    const [, overlap = ""] = svg.split("A Aᵀ");
    expect(coloursOf(overlap)).toEqual([1, 0.5, 0.5, 0.5].map(grey));
  });

  test("an image lies under the tints of its parts", () => {
    const weights = [
      [1, 0, 0, 0],
      [0, 0.25, 0.75, 0],
    ];
    const input = { kind: "image", weights, rows: ["a", "bird"], image: { ...checkerboard, grid: [2, 2] } } as const;
    const svg = draw(input, { row: 1 });
    expect(svg).toContain(`href="data:image/png;base64,${checkerboard.data}"`);
    // 0.82 at the largest weight of the note
    expect([...svg.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, opacity]) => Number(opacity))).toEqual([0.21, 0.62]);
    expect(textsOf(svg)[0]).toBe("bird");
    expect(coloursOf(draw(input, { form: "cells" }))).toHaveLength(8);
  });
});

test("tokens are text and nothing else, and invisible characters are seen", () => {
  const bad = ['"><script>alert(1)</script>', "&lt;b&gt;", "\u202e\u0000", " ", ""];
  const svg = draw({ weights: [bad.map(() => 0.2)], columns: bad, rows: ["<x>"], title: "</title><script>" }, { title: true });
  expect(new Set([...svg.matchAll(/<\/?([a-z]+)/g)].map(([, name]) => name))).toEqual(
    new Set(["svg", "title", "rect", "text", "g", "path"]),
  );
  expect(textsOf(svg)).toEqual(expect.arrayContaining(["&amp;lt;b&amp;gt;", "␣", "∅"]));
  expect(svg).not.toContain("\u202e");
});

test.each([
  [{ width: 5 }, "width: expected 20 to 2000 mm; got 5"],
  [{ fontSize: Number.NaN }, "fontSize: expected 4 to 40 pt; got NaN"],
  [{ head: 1 }, "head: expected 0 to 0; got 1"],
])("%j is refused", (options, message) => {
  expect(() => draw(seed, options)).toThrow(new RangeError(`paperFigure: ${message}`));
});
