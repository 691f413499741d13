import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { base64Length, decodeBase64, encodeBase64, isBase64 } from "../../src/note/base64.js";
import { encodeArray, exactCells } from "../../src/note/encode.js";
import { decodeFloat16, encodeFloat16, fromFloat16Bits, toFloat16Bits } from "../../src/dtypes/float16.js";
import { decodeArray, decodeMatrix } from "../../src/note/index.js";

describe("base64", () => {
  test("agrees with Node's for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64"));
        expect(base64Length(text)).toBe(bytes.length);
        expect(isBase64(text)).toBe(true);
        expect(decodeBase64(text, 0, bytes.length)).toEqual(bytes);
      }),
    );
  });

  test("decodes a part without the rest", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(59), fc.nat(60), (bytes, a, b) => {
        const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
        expect(decodeBase64(encodeBase64(bytes), start, end)).toEqual(bytes.slice(start, end));
      }),
    );
  });

  test.each(["A", "AA", "AAA", "====", "A===", "AA=A", "AAé=", "AA\n=", "AA A", "_-AA"])("%j is none", (text) => {
    expect(isBase64(text)).toBe(false);
  });
});

// Node 24 knows half precision, its types do not yet
const view = new DataView(new ArrayBuffer(2)) as DataView & {
  getFloat16(at: number): number;
  setFloat16(at: number, value: number): void;
};

/** Node 22 does not. */
const hostKnowsHalves = "getFloat16" in DataView.prototype;

function expectHostRounding(value: number): void {
  view.setFloat16(0, Math.fround(value));
  expect(fromFloat16Bits(toFloat16Bits(value))).toBe(view.getFloat16(0));
}

describe("half precision", () => {
  test("is decoded alike by engines that can do it themselves", async () => {
    vi.resetModules();
    vi.stubGlobal(
      "Uint8Array",
      Object.assign(class extends Uint8Array {}, {
        fromBase64: (text: string) => {
          if (/[^A-Za-z0-9+/=]/.test(text)) throw new SyntaxError("not base64");
          return new Uint8Array(Buffer.from(text, "base64"));
        },
      }),
    );
    const native = await import("../../src/note/base64.js");
    vi.unstubAllGlobals();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), fc.nat(100), (bytes, a, b) => {
        const [start, end] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
        expect(native.decodeBase64(encodeBase64(bytes), start, end)).toEqual(bytes.slice(start, end));
      }),
    );
    // what is no letter is a zero, and what is missing too
    for (const text of ["A-BC", "AB", "语AAA"])
      expect([...native.decodeBase64(text, 0, 3)]).toEqual([...decodeBase64(text, 0, 3)]);
  });

  test.skipIf(!hostKnowsHalves)("all 65,536 numbers are read as the host reads them", () => {
    const different = Array.from({ length: 65_536 }, (_, bits) => bits).filter((bits) => {
      view.setUint16(0, bits);
      return !Object.is(fromFloat16Bits(bits), view.getFloat16(0));
    });
    expect(different).toEqual([]);
  });

  test.skipIf(!hostKnowsHalves)("any number is rounded as the host rounds it, ties to even", () => {
    fc.assert(fc.property(fc.float(), expectHostRounding));
    for (const value of [
      0,
      -0,
      1,
      65_504,
      65_519.99,
      65_520,
      1e9,
      2 ** -24,
      2 ** -25,
      1.5 * 2 ** -25,
      2 ** -14,
      1 + 2 ** -11,
      Infinity,
      Number.NaN,
    ]) {
      expectHostRounding(value);
    }
  });
});

const row = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: length, maxLength: length });

describe("u8", () => {
  test("keeps 0 and 1 exactly and states the error it makes", () => {
    fc.assert(
      fc.property(fc.array(row(7), { minLength: 1, maxLength: 5 }), (rows) => {
        const data = [...rows.flat(), 0, 1, 0, 0, 0, 0, 0];
        const array = encodeArray({ shape: [rows.length + 1, 7], data }, "u8");
        const decoded = decodeArray(array);
        const error = Math.max(...data.map((value, i) => Math.abs((decoded[i] ?? 0) - value)));
        expect(data.filter((value, i) => value === 0 && decoded[i] !== 0)).toEqual([]);
        expect(decoded[rows.length * 7 + 1]).toBe(1);
        // the stated error is that of the 64-bit value; decoding to float32 adds half a unit in its last place
        expect(error).toBeLessThanOrEqual(array.maxError + 2 ** -25);
        expect(array.maxError).toBeLessThanOrEqual(error + 2 ** -25);
      }),
    );
  });

  test("its error is at most 1/480 of the row's largest", () => {
    fc.assert(
      fc.property(row(11), fc.double({ min: 1e-6, max: 1, noNaN: true }), (values, largest) => {
        const top = Math.max(...values, 1e-300);
        const data = values.map((value) => (value / top) * largest);
        const { maxError } = encodeArray({ shape: [1, 11], data }, "u8");
        expect(maxError).toBeLessThanOrEqual(Math.max(...data) / 480);
      }),
    );
  });

  test("a row of zeros is zeros; a row below every scale is zeros within the error", () => {
    const array = encodeArray({ shape: [2, 3], data: [0, 0, 0, 1e-12, 0, 1e-13] }, "u8");
    expect([...decodeArray(array)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(array.maxError).toBeLessThanOrEqual(1e-12);
  });
});

describe("the encoding chosen", () => {
  const many = exactCells + 1;

  test.each([
    ["few", [1, 3], [0.1, 0.2, 0.7], "f32"],
    ["many weights", [1, many], new Float32Array(many).fill(1 / many), "u8"],
    ["many numbers, some negative", [1, many], new Float32Array(many).fill(-3), "f16"],
    ["many numbers above 1", [1, many], new Float32Array(many).fill(3), "f16"],
    ["many numbers beyond half precision", [1, many], new Float32Array(many).fill(1e5), "f32"],
  ] as const)("%s", (_, shape, data, encoding) => {
    const array = encodeArray({ shape, data });
    expect(array.encoding).toBe(encoding);
    expect(decodeArray(array)).toHaveLength(data.length);
  });

  test("f32 holds float32 exactly; the error of a float64 is stated", () => {
    expect(encodeArray({ shape: [2], data: new Float32Array([0.1, 0.7]) }).maxError).toBe(0);
    expect(encodeArray({ shape: [1], data: [0.1] }).maxError).toBe(Math.abs(Math.fround(0.1) - 0.1));
  });
});

describe("one matrix", () => {
  const data = Float32Array.from({ length: 2 * 3 * 5 * 7 }, (_, i) => i / 210);
  test.each(["u8", "f16", "f32"] as const)("of %s is that part of the whole", (encoding) => {
    const array = encodeArray({ shape: [2, 3, 5, 7], data }, encoding);
    const whole = decodeArray(array);
    for (let index = 0; index < 6; index++) {
      expect(decodeMatrix(array, index)).toEqual(whole.slice(index * 35, (index + 1) * 35));
    }
  });

  test("outside the array is refused", () => {
    const array = encodeArray({ shape: [2, 1, 1], data: [0, 1] });
    expect(() => decodeMatrix(array, 2)).toThrow(
      new RangeError("decodeMatrix: expected an index below 2, the number of matrices; got 2"),
    );
  });

  test("is decoded without touching the others", () => {
    const array = encodeArray({ shape: [12, 16, 16], data: new Float32Array(12 * 256).fill(1 / 16) }, "u8");
    let reads = 0;
    const text = array.data;
    const watched = {
      ...array,
      data: { charCodeAt: (at: number) => (reads++, text.charCodeAt(at)), length: text.length } as unknown as string,
    };
    decodeMatrix(watched, 7);
    // 256 bytes are 342 letters; a matrix need not begin where a group of four letters does
    expect(reads).toBeLessThan(352);
  });
});

test("many half-precision numbers at once are those one by one", () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
  expect([...decodeFloat16(all)]).toEqual(Array.from(all, fromFloat16Bits));
  // every half-precision number, its neighbours in float32, the middles between two, and what is beyond
  const exact = decodeFloat16(all);
  const words = new Uint32Array(exact.buffer);
  const near = [-0x1001, -0x1000, -0xfff, -1, 0, 1, 0xfff, 0x1000, 0x1001].flatMap((off) =>
    Array.from(words, (word) => word + off),
  );
  const values = new Float32Array(Uint32Array.from(near).buffer).filter((value) => !Number.isNaN(value));
  const codes = encodeFloat16(values);
  const wrong = codes.findIndex((code, i) => code !== toFloat16Bits(values[i] ?? 0));
  expect(wrong < 0 ? "none" : `${values[wrong]}`).toBe("none");
  expect(values.length).toBeGreaterThan(500_000);
});
