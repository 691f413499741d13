/** Readers of untrusted JSON: each returns a checked value or throws a {@link NoteError} that names the field. */
import { fail } from "./error.js";
import { cellCount } from "./numbers.js";
import { kindOf, shown } from "./quote.js";

export type Fields = Readonly<Record<string, unknown>>;

/** An object's own field; what it inherits does not count. */
export function field(object: Fields, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function readObject(value: unknown, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    fail(path, `expected an object; got ${kindOf(value)}`, `应为对象，实际为 ${kindOf(value, "zh-CN")}`);
  }
  return value as Fields;
}

export function readList(value: unknown, path: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) fail(path, `expected a list; got ${kindOf(value)}`, `应为列表，实际为 ${kindOf(value, "zh-CN")}`);
  if (value.length > most) {
    fail(path, `expected at most ${most} entries; got ${value.length}`, `最多 ${most} 项，实际有 ${value.length} 项`);
  }
  // holes become undefined, so that every entry is checked
  return Array.from(value as unknown[]);
}

export function readString(value: unknown, path: string, most: number): string {
  if (typeof value !== "string")
    fail(path, `expected a text; got ${kindOf(value)}`, `应为文本，实际为 ${kindOf(value, "zh-CN")}`);
  if (value.length > most) {
    fail(path, `expected at most ${most} characters; got ${value.length}`, `最多 ${most} 个字符，实际有 ${value.length} 个`);
  }
  return value;
}

export function readBoolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") {
    fail(path, `expected true or false; got ${kindOf(value)}`, `应为 true 或 false，实际为 ${kindOf(value, "zh-CN")}`);
  }
  return value;
}

/** JSON reads −0 but writes it as 0. */
const plusZero = (value: number): number => (value === 0 ? 0 : value);

/** A whole number, `least` ≤ n ≤ `most`. */
export function readWhole(value: unknown, path: string, least: number, most: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most) {
    fail(
      path,
      `expected a whole number from ${least} to ${most}; got ${shown(value)}`,
      `应为 ${least} 到 ${most} 的整数，实际为 ${shown(value, "zh-CN")}`,
    );
  }
  return plusZero(value);
}

export function readNumber(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    fail(path, `expected a finite number; got ${shown(value)}`, `应为有限的数，实际为 ${shown(value, "zh-CN")}`);
  }
  return plusZero(value);
}

export function readChoice<Choice extends string>(value: unknown, path: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    const list = choices.join(", ");
    fail(path, `expected one of ${list}; got ${shown(value)}`, `应为 ${list} 之一，实际为 ${shown(value, "zh-CN")}`);
  }
  return found;
}

/** Sizes of 1 to 4 axes whose product is a safe whole number of at most `most`. */
export function readShape(value: unknown, path: string, most: number): readonly number[] {
  const shape = readList(value, path, 4).map((size, axis) => readWhole(size, `${path}[${axis}]`, 0, most));
  const count = cellCount(shape);
  if (shape.length === 0 || !Number.isSafeInteger(count) || count > most) {
    const sizes = shape.join(" × ");
    fail(path, `expected at most ${most} numbers; got ${sizes} = ${count}`, `最多 ${most} 个数，实际为 ${sizes} = ${count}`);
  }
  return shape;
}
