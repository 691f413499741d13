import { crc32, inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { displayBundle, fallbackSvg, makeNote, noteMimeType, parseNote, type NoteInput } from "../../src/note/index.js";
import { levels } from "../../src/note/picture/colors.js";
import { encodePng } from "../../src/note/picture/png.js";
import { clipText, textWidth } from "../../src/note/picture/text-width.js";
import { checkerboard } from "./fixtures.js";

const svgOf = (input: NoteInput, language?: "zh-CN"): string => fallbackSvg(makeNote(input), language);
const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? "");
const uniform = (rows: number, columns: number): Float32Array[] =>
  Array.from({ length: rows }, () => new Float32Array(columns).fill(1 / columns));

/** Every element is closed where it should be. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, close, name = "", rest = ""] of svg.matchAll(/<(\/?)([a-z]+)((?:[^>"]|"[^"]*")*)>/g)) {
    if (close === "/") expect(open.pop()).toBe(name);
    else if (!rest.endsWith("/")) open.push(name);
  }
  expect(open).toEqual([]);
  expect(svg.replaceAll(/<[^>]*>/g, "")).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;)/);
}

describe("a small note", () => {
  const svg = svgOf({
    weights: [[0.03, 0.09, 0.64, 0.24]],
    rows: ["h1"],
    columns: ["s1", "s2", "s3", "s4"],
    title: "我是中国人 → I am Chinese",
  });

  test("shows its title, labels, numbers and what the colours mean", () => {
    expect(textsOf(svg)).toEqual([
      "我是中国人 → I am Chinese",
      "s1",
      "s2",
      "s3",
      "s4",
      "h1",
      ".03",
      ".09",
      ".64",
      ".24",
      "0",
      "0.64",
      "weights",
    ]);
    expectWellFormed(svg);
  });

  test("its darkest cell is the largest weight", () => {
    const [, x] = new RegExp(`fill="${levels.at(-1)}" d="M([\\d.]+) `).exec(svg) ?? [];
    const label = /<text x="([\d.]+)"[^>]*>s3</.exec(svg)?.[1];
    // a cell is 44 wide and its label stands in its middle
    expect(Number(x) + 21.5).toBeCloseTo(Number(label), 5);
  });

  test("says it in words, in the reader's language", () => {
    expect(svg).toContain("<desc>我是中国人 → I am Chinese: “h1” looks most at “s3” (64%).</desc>");
    expect(svgOf({ weights: [[1, 0]], mask: [true, false] }, "zh-CN")).toContain("被遮住");
  });
});

describe("labels", () => {
  test("are escaped, and nothing in them is invisible", () => {
    const svg = svgOf({
      weights: uniform(1, 6),
      rows: ["<script>alert(1)</script>"],
      columns: ["<b>", "&", " a ", "", "\n\t", '"\u0000\ud800'],
      title: "</title><script>",
    });
    expect(svg).not.toContain("<script");
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["&lt;b&gt;", "&amp;", "␣a␣", "∅", "⏎⇥"]));
    expectWellFormed(svg);
  });

  test("are no formulas for a page that typesets some: no piece of text holds both signs of one", () => {
    const columns = ["$h_1$", "\\(x\\)", "$$a$$", "\\begin{b}"];
    const svg = svgOf({ weights: uniform(1, 4), columns, title: "It costs $5, not $6" });
    const drawn = svg.slice(svg.indexOf("</desc>"));
    const pieces = [...drawn.matchAll(/>([^<]+)</g)].map(([, piece]) => piece ?? "");
    expect(pieces.filter((piece) => /\$.+\$|\\[([]|\\begin/.test(piece))).toEqual([]);
    expect(svg).toMatch(/<text[^>]*>It costs <tspan>\$<\/tspan>5, not <tspan>\$<\/tspan>6<\/text>/);
    expect(svg).toMatch(/^<svg [^>]*class="mathjax_ignore"/);
    expectWellFormed(svg);
  });

  test("that are long are clipped at a letter and slanted", () => {
    const svg = svgOf({
      weights: uniform(2, 3),
      columns: ["Donaudampfschifffahrtsgesellschaft", "我们的注意力机制非常长的标签文本", "x"],
    });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["Donaudampfschifffahrt…", "我们的注意力机制非常长的…"]));
    expect(svg).toContain("rotate(-45)");
  });

  test("have an estimated width that knows Chinese", () => {
    expect(textWidth("我是中国人")).toBe(5);
    expect(textWidth("il")).toBeLessThan(textWidth("mw"));
    expect(clipText("我是中国人", 5)).toBe("我是中国人");
    expect(clipText("我是中国人", 4)).toBe("我是中…");
    expect(clipText("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 2)).toBe("👨‍👩‍👧…");
  });
});

describe("many weights", () => {
  test("are drawn as the largest of each block, so that no spike is lost", () => {
    const weights = uniform(512, 512);
    weights[300] = new Float32Array(512).fill(0.1 / 511);
    weights[300][400] = 0.9;
    const svg = svgOf({ weights });
    const image = readPng(svg);
    expect([image.width, image.height]).toEqual([171, 171]);
    expect(image.pixels[Math.floor(300 / 3) * 171 + Math.floor(400 / 3)]).toBe(levels.length - 1);
    expect(image.pixels.filter((level) => level === levels.length - 1)).toHaveLength(1);
    expect(svg).toContain("a cell is the largest of 3 × 3 weights");
  });

  test.each([
    ["12 heads of 128", [12, 128, 128], 17_000],
    ["144 heads of 128", [12, 12, 128, 128], 20_000],
    ["1,024 heads of 2", [1_024, 2, 2], 40_000],
    ["10,000 rows", [10_000, 5], 30_000],
    ["4,096 columns", [3, 4_096], 30_000],
  ] as const)("%s stay a small picture", (_, shape, most) => {
    const columns = shape.at(-1) ?? 1;
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1 / columns);
    const svg = svgOf({ weights: { shape, data } });
    expect(svg.length).toBeLessThan(most);
    expectWellFormed(svg);
  });

  test("the whole display of 12 heads of 128 tokens takes at most 300 kB of a notebook, of 144 heads 3.2 MB", () => {
    const tokens = Array.from({ length: 128 }, (_, i) => ["hello", "##ing", "我", "Attention"][i % 4] ?? "");
    const axis = { tokens, text: "x".repeat(640), offsets: tokens.map((_, i): [number, number] => [i * 5, i * 5 + 5]) };
    for (const [shape, most] of [
      [[12, 128, 128], 300_000],
      [[12, 12, 128, 128], 3_200_000],
    ] as const) {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1)).map((__, i) => (i % 128 < 2 ? 0.5 : 0));
      const bundle = displayBundle(makeNote({ weights: { shape, data }, rows: axis, columns: axis, title: "MiniLM" }));
      const notebook = JSON.stringify({ cells: [{ outputs: [{ data: bundle }] }] }, null, 1);
      expect(new TextEncoder().encode(notebook).length).toBeLessThanOrEqual(most);
      expect(parseNote(JSON.parse(JSON.stringify(bundle[noteMimeType]))).axes.columns.tokens).toEqual(tokens);
    }
  });
});

describe("several heads", () => {
  test("of a few tokens are drawn one by one with their labels", () => {
    const texts = textsOf(
      svgOf({ weights: [uniform(2, 2), uniform(2, 2)], rows: ["a", "b"], columns: ["x", "y"], heads: ["copy", "sum"] }),
    );
    expect(texts.filter((text) => text === "x")).toHaveLength(2);
    expect(texts).toEqual(expect.arrayContaining(["head copy", "head sum"]));
  });

  test("of many are small multiples on one scale", () => {
    const peaked = uniform(16, 16);
    peaked[0] = Float32Array.from({ length: 16 }, (_, i) => Number(i === 0));
    const svg = svgOf({ weights: [...Array.from({ length: 7 }, () => uniform(16, 16)), peaked] });
    const { pixels } = readPng(svg);
    expect(pixels.filter((level) => level === levels.length - 1)).toHaveLength(1);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["0", "7"]));
  });

  test("in layers are a table", () => {
    const svg = svgOf({
      weights: Array.from({ length: 3 }, () => Array.from({ length: 4 }, () => uniform(2, 2))),
      layers: ["L0", "L1", "L2"],
    });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["0", "3", "L0", "L2"]));
  });
});

const imageNote = (data: number[]): NoteInput => ({
  kind: "image",
  weights: [data, data],
  rows: ["a", "dog"],
  image: { ...checkerboard, grid: [2, 2] },
});

test("an image shows what each token sees of it, and the picture's id is its own", () => {
  const svg = svgOf(imageNote([0.5, 0.25, 0.25, 0]));
  expect(svg.match(/<image /g)).toHaveLength(1);
  expect(svg).toContain(`href="data:image/png;base64,${checkerboard.data}"`);
  const id = /<image id="([^"]+)"/.exec(svg)?.[1];
  expect(svg).toContain(`<use href="#${id}"/>`);
  expect(svgOf(imageNote([0, 0, 0, 1]))).not.toContain(id);
  expectWellFormed(svg);
});

test("the picture's PNG is one that zlib reads", () => {
  const pixels = Uint8Array.from({ length: 7 * 5 }, (_, i) => i % 16);
  const png = `href="data:image/png;base64,${encodePng(7, 5, pixels, levels)}"`;
  expect(readPng(png)).toEqual({ width: 7, height: 5, pixels });
});

/** Reads the four-bit PNG in a picture, checking every chunk. */
function readPng(svg: string): { width: number; height: number; pixels: Uint8Array } {
  const file = Buffer.from(/data:image\/png;base64,([^"]+)/.exec(svg)?.[1] ?? "", "base64");
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length;) {
    const end = at + 8 + file.readUInt32BE(at);
    expect(file.readUInt32BE(end)).toBe(crc32(file.subarray(at + 4, end)));
    chunks.set(file.toString("latin1", at + 4, at + 8), file.subarray(at + 8, end));
    at = end + 4;
  }
  const header = chunks.get("IHDR") ?? Buffer.alloc(8);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0));
  const stride = 1 + Math.ceil(width / 2);
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => {
    const byte = rows[Math.floor(i / width) * stride + 1 + ((i % width) >> 1)] ?? 0;
    return (i % width) % 2 === 0 ? byte >> 4 : byte & 15;
  });
  return { width, height, pixels };
}
