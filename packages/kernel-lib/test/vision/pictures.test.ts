import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkPicture, cropPicture, picturesTensor, resizePicture, type Picture } from "../../src/vision/picture.js";
import { decodePng, encodePng } from "../../src/vision/png.js";

interface Case {
  name: string;
  png: string;
  width: number;
  height: number;
  pixels: number[];
}
const golden = JSON.parse(readFileSync(join(import.meta.dirname, "../golden/png.json"), "utf8")) as { cases: Case[] };
const picture: Picture = { width: 5, height: 3, data: Uint8Array.from({ length: 45 }, (_, i) => (i * 37) % 256) };

describe("PNG", () => {
  test.each(golden.cases)("$name is read as Pillow reads it", ({ png, width, height, pixels }) => {
    const read = decodePng(Buffer.from(png, "base64"));
    expect([read.width, read.height]).toEqual([width, height]);
    // ±1: where Pillow composes over white it rounds twice
    read.data.forEach((value, i) => expect(Math.abs(value - (pixels[i] ?? Number.NaN))).toBeLessThanOrEqual(1));
  });
  test("a picture survives being written and read", () => {
    expect(decodePng(encodePng(picture))).toEqual(picture);
  });
  test("what is broken is refused before it is unpacked", () => {
    const file = encodePng(picture);
    expect(() => decodePng(new Uint8Array(9))).toThrow(TypeError);
    expect(() => decodePng(file.slice(0, 20))).toThrow(SyntaxError);
    expect(() => decodePng(file.slice(0, file.length - 20))).toThrow(SyntaxError);
    const wrong = file.slice();
    wrong[file.length - 20] = (wrong[file.length - 20] ?? 0) ^ 0xff;
    expect(() => decodePng(wrong)).toThrow(SyntaxError);
    const huge = file.slice();
    new DataView(huge.buffer).setUint32(16, 100_000);
    new DataView(huge.buffer).setUint32(20, 100_000);
    expect(() => decodePng(huge)).toThrow(/at most 4096 × 4096 pixels; got 100000 × 100000/u);
    expect(() => encodePng({ width: 2, height: 2, data: new Uint8Array(11) })).toThrow(/2 × 2 and 11 bytes/u);
  });
});

describe("pictures as numbers", () => {
  test("channels come first, from −1 to 1", () => {
    const { shape, data } = picturesTensor([picture, picture]);
    expect(shape).toEqual([2, 3, 3, 5]);
    // row 1, column 2, green: byte (1 · 5 + 2) · 3 + 1
    expect(data[15 + 5 + 2]).toBeCloseTo((picture.data[22] ?? 0) / 127.5 - 1, 6);
    expect(data[45 + 15 + 5 + 2]).toBe(data[15 + 5 + 2]);
  });
  test("sizes must agree", () => {
    const other = { width: 3, height: 5, data: picture.data };
    expect(() => picturesTensor([picture, other])).toThrow("expected pictures of one size; got 5 × 3 and 3 × 5");
    expect(() => picturesTensor([])).toThrow(TypeError);
    expect(() => checkPicture("f", { width: 1.5, height: 2, data: new Uint8Array(9) })).toThrow(TypeError);
  });
});

test("cropPicture keeps the top left corner, and a picture that is not larger", () => {
  const numbers = { width: 3, height: 2, data: Uint8Array.from({ length: 18 }, (_, i) => i) };
  expect(cropPicture(numbers, 2, 1)).toEqual({ width: 2, height: 1, data: Uint8Array.of(0, 1, 2, 3, 4, 5) });
  expect(cropPicture(numbers, 1, 9)).toEqual({ width: 1, height: 2, data: Uint8Array.of(0, 1, 2, 9, 10, 11) });
  expect(cropPicture(numbers, 3, 2)).toBe(numbers);
});

describe("resizePicture", () => {
  test("its own size changes nothing", () => {
    expect(resizePicture(picture, 5, 3)).toEqual(picture);
  });
  test("half the size of a flat picture stays flat; a black and white pair becomes grey", () => {
    const flat = { width: 7, height: 5, data: new Uint8Array(105).fill(77) };
    expect(new Set(resizePicture(flat, 3, 2).data)).toEqual(new Set([77]));
    const pair = { width: 2, height: 1, data: Uint8Array.from([0, 0, 0, 255, 255, 255]) };
    expect([...resizePicture(pair, 1, 1).data]).toEqual([128, 128, 128]);
    // bilinear by hand: new centres lie at −1/4, 1/4, 3/4, 5/4 of the two old ones
    expect([...resizePicture(pair, 4, 1).data].filter((_, i) => i % 3 === 0)).toEqual([0, 64, 191, 255]);
  });
  test("impossible sizes are refused", () => {
    expect(() => resizePicture(picture, 0, 3)).toThrow(RangeError);
    expect(() => resizePicture(picture, 3, 1e6)).toThrow(/got 3 × 1000000/u);
  });
});
