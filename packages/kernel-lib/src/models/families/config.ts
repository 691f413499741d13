/** Reads `config.json` with a word for everything that is missing or wrong, so that nothing fails later and deeper. */
export interface ConfigReader {
  /** A whole number ≥ 1. */
  size(name: string, fallback?: number): number;
  /** A whole number ≥ 0, or undefined where the config has none or null. */
  index(name: string): number | undefined;
  number(name: string, fallback?: number): number;
  flag(name: string, fallback: boolean): boolean;
  text(name: string, fallback?: string): string;
  /** One number for both, or two: [height, width]. */
  pair(name: string, fallback: number): readonly [number, number];
  /** A nested object; empty where the config has none. */
  section(name: string): ConfigReader;
  has(name: string): boolean;
  /** The number of classes: the size of `id2label`, which transformers leaves out where it is 2. */
  classes(): number;
}

/** The largest size a config may claim; far above any real model and far below what breaks shape arithmetic. */
const largestSize = 2 ** 31;

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isSize = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) < largestSize;
const isIndex = (value: unknown): value is number => value === 0 || isSize(value);
const isPair = (value: unknown): value is [number, number] => Array.isArray(value) && value.length === 2 && value.every(isSize);

export function configReader(json: unknown, path = "config.json"): ConfigReader {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new TypeError(
      `${path}: expected an object; got ${json === null ? "null" : Array.isArray(json) ? "an array" : typeof json}`,
    );
  }
  const entries = new Map(Object.entries(json));
  const has = (name: string): boolean => (entries.get(name) ?? undefined) !== undefined;
  const wrong = (name: string, expected: string): TypeError =>
    new TypeError(
      `${path}: expected "${name}" to be ${expected}; got ${JSON.stringify(entries.get(name))?.slice(0, 80) ?? "nothing"}`,
    );
  function read<T>(name: string, expected: string, isRight: (value: unknown) => value is T, fallback: T | undefined): T {
    if (!has(name) && fallback !== undefined) return fallback;
    const value = entries.get(name);
    if (!isRight(value)) throw wrong(name, expected);
    return value;
  }
  return {
    size: (name, fallback) => read(name, "a whole number ≥ 1", isSize, fallback),
    index: (name) => (has(name) ? read(name, "a whole number ≥ 0", isIndex, undefined) : undefined),
    number: (name, fallback) => read(name, "a number", isNumber, fallback),
    flag: (name, fallback) => read(name, "true or false", (value) => typeof value === "boolean", fallback),
    text: (name, fallback) => read(name, "a text", (value) => typeof value === "string", fallback),
    pair: (name, fallback) => {
      const isPairOrSize = (value: unknown): value is number | [number, number] => isSize(value) || isPair(value);
      const value = read(name, "a whole number ≥ 1 or two of them", isPairOrSize, fallback);
      return isPair(value) ? value : [value, value];
    },
    section: (name) => configReader(has(name) ? entries.get(name) : {}, `${path}, ${name}`),
    has,
    classes: () => {
      const labels = entries.get("id2label");
      return typeof labels === "object" && labels !== null ? Math.max(1, Object.keys(labels).length) : 2;
    },
  };
}

/**
 * The width of one head.
 *
 * @throws RangeError when the width cannot be split
 */
export function headWidth(width: number, heads: number): number {
  if (width % heads !== 0) throw new RangeError(`config.json: width ${width} cannot be split into ${heads} heads`);
  return width / heads;
}
