import { fail } from "./error.js";
import { kindOf } from "./quote.js";

/** Numbers in row-major order over their shape. Any tensor is one. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Numbers in brackets, as they are written on paper; the innermost rows may be typed arrays. */
export type NestedNumbers = number | boolean | ArrayLike<number> | readonly NestedNumbers[];

/** What a note is made from. */
export type NoteNumbers = PlainTensor | NestedNumbers;

/** Numbers and their shape, checked to fit each other; every number is finite. */
export function toPlainTensor(input: NoteNumbers, path: string): PlainTensor {
  const made = isPlainTensor(input) ? input : flatten(input, path);
  const { shape, data } = made;
  const bad = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (bad !== undefined || cellCount(shape) !== data.length) {
    const sizes = `[${shape.join(", ")}]`;
    fail(
      path,
      `expected ${cellCount(shape)} numbers for shape ${sizes}; got ${data.length}`,
      `形状 ${sizes} 应有 ${cellCount(shape)} 个数，实际有 ${data.length} 个`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) failNotFinite(path, shape, i, data[i]);
  }
  return made;
}

/** The number of elements of a shape. */
export function cellCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Where a flat index is in a shape: `[2, 0, 1]`. */
export function placeOf(shape: readonly number[], index: number): string {
  const place: number[] = [];
  for (let axis = shape.length - 1, rest = index; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${place.join(", ")}]`;
}

function failNotFinite(path: string, shape: readonly number[], index: number, value: unknown): never {
  const place = placeOf(shape, index);
  return fail(
    `${path}${place}`,
    `expected a finite number; got ${String(value)}. A row without any allowed key has weights 0, not NaN`,
    `应为有限的数，实际为 ${String(value)}。没有可看的键的行，权重应为 0，而不是 NaN`,
  );
}

function isPlainTensor(value: NoteNumbers): value is PlainTensor {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value && Array.isArray(value.shape);
}

const isRow = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || ArrayBuffer.isView(value);

function flatten(values: NestedNumbers, path: string): PlainTensor {
  const shape: number[] = [];
  for (let first: unknown = values; isRow(first); first = first[0]) shape.push(first.length);
  const data = new Float64Array(cellCount(shape));
  let next = 0;
  const fill = (value: unknown, depth: number, place: string): void => {
    const size = shape[depth];
    if (size === undefined) {
      if (typeof value !== "number" && typeof value !== "boolean") {
        fail(`${path}${place}`, `expected a number; got ${kindOf(value)}`, `应为数，实际为 ${kindOf(value, "zh-CN")}`);
      }
      data[next++] = Number(value);
      return;
    }
    if (!isRow(value) || value.length !== size) {
      const got = isRow(value) ? `${value.length}` : kindOf(value);
      fail(
        `${path}${place}`,
        `expected ${size} numbers, as in the first row; got ${got}`,
        `应与第一行一样有 ${size} 个数，实际为 ${got}`,
      );
    }
    for (let i = 0; i < size; i++) fill(value[i], depth + 1, `${place}[${i}]`);
  };
  fill(values, 0, "");
  return { shape, data };
}
