import { base64Length, isBase64 } from "./base64.js";
import { field, readChoice, readList, readNumber, readObject, readShape, readString, readWhole } from "./check.js";
import { decodeArray } from "./decode.js";
import { fail } from "./error.js";
import { limits } from "./limits.js";
import { cellCount, placeOf } from "./numbers.js";
import type { BlockOverview, EncodedArray, InlineArray, NoteMask, PyramidLevel } from "./schema.js";

/** Numbers that are at least 0 (weights), or any. */
export type NumberRange = "weights" | "any";

/** Of each matrix in a file. */
const matrixHashBytes = 16;

const bytesPerNumber = { u8: 1, f16: 2, f32: 4 };

/** A checked copy of numbers inside a note or beside it. */
export function readArray(value: unknown, path: string, range: NumberRange): EncodedArray {
  const array = readObject(value, path);
  if (field(array, "encoding") !== "external") return readInlineArray(value, path, range);
  const shape = readShape(field(array, "shape"), `${path}.shape`, limits.externalCells);
  const file = readString(field(array, "file"), `${path}.file`, 255);
  if (!/^[^/\\:?#%\p{Cc}\u202a-\u202e\u2066-\u2069]+\.safetensors$/u.test(file) || file.startsWith(".")) {
    fail(
      `${path}.file`,
      "expected the name of a .safetensors file in the notebook's own folder, without / \\ : ? # %",
      "应为笔记本所在文件夹中 .safetensors 文件的名称，不含 / \\ : ? # %",
    );
  }
  const headerHash = field(array, "headerHash");
  const matrixHashes = field(array, "matrixHashes");
  const pyramid = field(array, "pyramid");
  return {
    shape,
    encoding: "external",
    file,
    tensor: readString(field(array, "tensor"), `${path}.tensor`, limits.label),
    ...(headerHash !== undefined && { headerHash: readHash(headerHash, `${path}.headerHash`) }),
    ...(matrixHashes !== undefined && {
      matrixHashes: readBase64(matrixHashes, `${path}.matrixHashes`, matrixHashBytes * cellCount(shape.slice(0, -2)), shape),
    }),
    overview: readOverview(field(array, "overview"), `${path}.overview`, shape, range),
    ...(pyramid !== undefined && {
      pyramid: readList(pyramid, `${path}.pyramid`, 16).map((level, i) => readLevel(level, `${path}.pyramid[${i}]`)),
    }),
    maxError: readError(field(array, "maxError"), `${path}.maxError`),
  };
}

/** A checked copy of numbers inside a note: their text has the length of their shape and every number is finite. */
export function readInlineArray(value: unknown, path: string, range: NumberRange): InlineArray {
  const array = readObject(value, path);
  const encoding = readChoice(field(array, "encoding"), `${path}.encoding`, ["u8", "f16", "f32"]);
  const shape = readShape(field(array, "shape"), `${path}.shape`, limits.inlineCells);
  const data = readBase64(field(array, "data"), `${path}.data`, cellCount(shape) * bytesPerNumber[encoding], shape);
  const maxError = readError(field(array, "maxError"), `${path}.maxError`);
  if (encoding === "u8") {
    const rows = cellCount(shape.slice(0, -1));
    return { shape, encoding, data, scale: readBase64(field(array, "scale"), `${path}.scale`, rows, shape), maxError };
  }
  const inline = { shape, encoding, data, maxError };
  checkNumbers(inline, path, range);
  return inline;
}

export function readMask(value: unknown, path: string, weights: readonly number[]): NoteMask {
  const mask = readObject(value, path);
  const shape = readShape(field(mask, "shape"), `${path}.shape`, limits.externalCells);
  if (shape.join() !== weights.join() && shape.join() !== weights.slice(-2).join()) {
    const got = `[${shape.join(", ")}]`;
    fail(
      `${path}.shape`,
      `expected [rows, columns] or the shape of the weights; got ${got}`,
      `应为 [行, 列] 或权重的形状，实际为 ${got}`,
    );
  }
  return { shape, data: readBase64(field(mask, "data"), `${path}.data`, Math.ceil(cellCount(shape) / 8), shape) };
}

/** The error that an array states: finite and not negative. */
export function readError(value: unknown, path: string): number {
  const error = readNumber(value, path);
  if (error < 0) fail(path, `expected an error ≥ 0; got ${error}`, `误差应 ≥ 0，实际为 ${error}`);
  return error;
}

function readBase64(value: unknown, path: string, bytes: number, shape: readonly number[]): string {
  const text = readString(value, path, 4 * Math.ceil(bytes / 3) + 4);
  const got = base64Length(text);
  if (got !== bytes) {
    const sizes = `[${shape.join(", ")}]`;
    fail(
      path,
      `expected the base64 of ${bytes} bytes for shape ${sizes}; got ${got === undefined ? "broken base64" : `${got} bytes`}`,
      `形状 ${sizes} 应有 ${bytes} 字节的 base64，实际为${got === undefined ? "损坏的 base64" : ` ${got} 字节`}`,
    );
  }
  if (!isBase64(text)) fail(path, "expected base64; got other characters", "应为 base64，实际含有其他字符");
  return text;
}

function checkNumbers(array: InlineArray, path: string, range: NumberRange): void {
  const numbers = decodeArray(array);
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0;
    const place = `${path}${Number.isFinite(number) ? "" : ".data"}${placeOf(array.shape, i)}`;
    if (!Number.isFinite(number)) fail(place, `expected a finite number; got ${number}`, `应为有限的数，实际为 ${number}`);
    if (range === "weights" && number < 0) fail(place, `expected a weight ≥ 0; got ${number}`, `权重应 ≥ 0，实际为 ${number}`);
  }
}

function readOverview(value: unknown, path: string, shape: readonly number[], range: NumberRange): BlockOverview {
  const overview = readObject(value, path);
  const block = readBlock(field(overview, "block"), `${path}.block`);
  const [rows = 1, columns = 1] = shape.slice(-2);
  const expected = [...shape.slice(0, -2), Math.ceil(rows / block[0]), Math.ceil(columns / block[1])];
  const read = (name: "max" | "mean"): InlineArray => {
    const array = readInlineArray(field(overview, name), `${path}.${name}`, range);
    if (array.shape.join() === expected.join()) return array;
    const sizes = `[${expected.join(", ")}]`;
    const got = `[${array.shape.join(", ")}]`;
    return fail(
      `${path}.${name}.shape`,
      `expected one number a block, ${sizes}; got ${got}`,
      `每块一个数，应为 ${sizes}，实际为 ${got}`,
    );
  };
  return { block, max: read("max"), mean: read("mean") };
}

function readLevel(value: unknown, path: string): PyramidLevel {
  const level = readObject(value, path);
  return {
    block: readBlock(field(level, "block"), `${path}.block`),
    max: readString(field(level, "max"), `${path}.max`, limits.label),
    mean: readString(field(level, "mean"), `${path}.mean`, limits.label),
  };
}

function readBlock(value: unknown, path: string): readonly [number, number] {
  const [rows, columns] = readList(value, path, 2);
  return [readWhole(rows, `${path}[0]`, 1, limits.tokens), readWhole(columns, `${path}[1]`, 1, limits.tokens)];
}

function readHash(value: unknown, path: string): string {
  const hash = readString(value, path, 64);
  if (!/^[0-9a-f]{64}$/.test(hash)) fail(path, "expected a SHA-256 of 64 hexadecimal digits", "应为 64 位十六进制的 SHA-256");
  return hash;
}
