/** Reads `config.json` with a word for everything that is missing or wrong, so that nothing fails later and deeper. */
import { shown } from "../../storage/shown.js";
export interface ConfigReader {
  /** The length of an axis of some weight: a whole number ≥ 1, and no more than the file has numbers. */
  size(name: string, fallback?: number): number;
  /** How many layers with weights of their own follow each other: a whole number ≥ 1, and no more than the file has tensors. */
  layers(name: string, fallback?: number): number;
  /** How many layers follow each other that share their weights, so that the file does not tell: a whole number ≥ 1. */
  rounds(name: string): number;
  /** A whole number ≥ 1 that no weight depends on, such as the longest text. */
  count(name: string, fallback?: number): number;
  /** A whole number ≥ 0, or undefined where the config has none or null. */
  index(name: string): number | undefined;
  number(name: string, fallback?: number): number;
  /** A number > 0, such as one that something is divided by. */
  positive(name: string, fallback?: number): number;
  /** A number ≥ 0, such as what a norm adds to a variance. */
  epsilon(name: string, fallback: number): number;
  flag(name: string, fallback: boolean): boolean;
  text(name: string, fallback?: string): string;
  /** One number for both, or two: [height, width]. */
  pair(name: string, fallback: number): readonly [number, number];
  /** A nested object; empty where the config has none. */
  section(name: string): ConfigReader;
  has(name: string): boolean;
  /** The number of classes: the size of `id2label`, which transformers leaves out where it is 2. */
  classes(): number;
  /** What the checkpoint was saved as, such as "BertForMaskedLM"; empty where the config does not say. */
  readonly architectures: readonly string[];
  /** What is known of the file of weights; undefined where there is none to compare with. */
  readonly file: WeightFile | undefined;
}

/**
 * What a file of weights holds. Nothing that a config claims is built before it is compared with this: a config of 500 bytes may ask for
 * ten million layers.
 */
export interface WeightFile {
  /** The names of its tensors, as the family calls them. */
  readonly names: ReadonlySet<string>;
  /** The numbers of its largest tensor. */
  readonly largest: number;
}

/** The largest number a config may claim; far above any real model and far below what breaks shape arithmetic. */
const largestCount = 2 ** 31;
/** Far above any real model; each layer becomes dozens of nodes of a graph, also where layers share their weights. */
const mostLayers = 4096;

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) < largestCount;
const isIndex = (value: unknown): value is number => value === 0 || isCount(value);
const isPair = (value: unknown): value is [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(isCount);

/** @param file what the claims of the config are compared with */
export function configReader(json: unknown, path = "config.json", file?: WeightFile): ConfigReader {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new TypeError(
      `${path}: expected an object; got ${json === null ? "null" : Array.isArray(json) ? "an array" : typeof json}`,
    );
  }
  const entries = new Map(Object.entries(json));
  const has = (name: string): boolean => (entries.get(name) ?? undefined) !== undefined;
  const say = (name: string): string => (entries.has(name) ? shown(entries.get(name)) : "nothing");
  const wrong = (name: string, expected: string): TypeError =>
    new TypeError(`${path}: expected "${name}" to be ${expected}; got ${say(name)}`);
  function read<T>(name: string, expected: string, isRight: (value: unknown) => value is T, fallback: T | undefined): T {
    if (!has(name) && fallback !== undefined) return fallback;
    const value = entries.get(name);
    if (!isRight(value)) throw wrong(name, expected);
    return value;
  }
  const count = (name: string, fallback?: number): number => read(name, "a whole number ≥ 1", isCount, fallback);
  const atMost = (name: string, value: number, most: number, why: string): number => {
    if (value <= most) return value;
    throw new RangeError(`${path}: expected "${name}" to be at most ${most}, as ${why}; got ${value}`);
  };
  const number = (name: string, fallback?: number): number => read(name, "a number", isNumber, fallback);
  return {
    size: (name, fallback) => {
      const { largest = largestCount } = file ?? {};
      return atMost(name, count(name, fallback), largest, "no tensor of the file has more numbers");
    },
    layers: (name, fallback) => {
      const layers = atMost(name, count(name, fallback), mostLayers, "no model has more layers");
      return file ? atMost(name, layers, file.names.size, "the file has no more tensors") : layers;
    },
    rounds: (name) => atMost(name, count(name), mostLayers, "no model has more layers"),
    count,
    index: (name) => (has(name) ? read(name, "a whole number ≥ 0", isIndex, undefined) : undefined),
    number,
    positive: (name, fallback) => {
      const value = number(name, fallback);
      if (value > 0) return value;
      throw new RangeError(`${path}: expected "${name}" to be above 0; got ${value}`);
    },
    epsilon: (name, fallback) => {
      const value = number(name, fallback);
      if (value >= 0) return value;
      throw new RangeError(`${path}: expected "${name}" to be at least 0; got ${value}`);
    },
    flag: (name, fallback) => read(name, "true or false", (value) => typeof value === "boolean", fallback),
    text: (name, fallback) => read(name, "a text", (value) => typeof value === "string", fallback),
    pair: (name, fallback) => {
      const isPairOrCount = (value: unknown): value is number | [number, number] => isCount(value) || isPair(value);
      const value = read(name, "a whole number ≥ 1 or two of them", isPairOrCount, fallback);
      return isPair(value) ? value : [value, value];
    },
    section: (name) => configReader(has(name) ? entries.get(name) : {}, `${path}, ${name}`, file),
    has,
    classes: () => {
      const labels = entries.get("id2label");
      return typeof labels === "object" && labels !== null ? Math.max(1, Object.keys(labels).length) : 2;
    },
    architectures: textsOf(entries.get("architectures")),
    file,
  };
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

/**
 * The width of one head.
 *
 * @throws RangeError when the width cannot be split
 */
export function headWidth(width: number, heads: number): number {
  if (width % heads !== 0) throw new RangeError(`config.json: width ${width} cannot be split into ${heads} heads`);
  return width / heads;
}
