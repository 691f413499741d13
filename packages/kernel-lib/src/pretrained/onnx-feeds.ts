/** What an ONNX model is given for a text or an image, by the roles of its inputs. */
import { readOptions, type OptionNames } from "../checks/read-options.js";
import type { Tensor, TensorLike } from "../engine/index.js";
import { readTensor } from "../engine/tensor.js";
import type { GraphInput, InputRole } from "../engine/onnx-models/index.js";
import type { EncodedInput } from "./model-input.js";

/** Inputs as tensors by name. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** Inputs as they are given, each under the name of an input. */
export function readFeeds(inputs: readonly GraphInput[], given: Readonly<Record<string, TensorLike>>): Feeds {
  readOptions("attend: feeds", given, Object.fromEntries(inputs.map(({ name }) => [name, true])) as OptionNames<typeof given>);
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, readTensor("attend", `feeds.${name}`, value)]));
}

/** The arrays for one example, and to which length its tokens were padded. */
export interface FilledFeeds {
  readonly feeds: Feeds;
  /** Examples the graph wants in one batch; the first is read. */
  readonly batch: number;
}

/**
 * Fills every input: ids, masks of ones, types, positions from 0, an empty past. Texts shorter than a graph of fixed length are padded
 * and masked.
 *
 * @throws TypeError for an input whose role is not known, or that must be given; RangeError for a text that does not fit a fixed length
 */
export function fillFeeds(inputs: readonly GraphInput[], example: EncodedInput | undefined, given: Feeds): FilledFeeds {
  const source = example?.ids?.length ?? 0;
  const target = example?.targetIds?.length ?? 0;
  const memory = inputs.find(({ role }) => role === "memory")?.name;
  const remembered = (memory === undefined ? undefined : given[memory])?.shape[1] ?? source;
  const hasMask = inputs.some(({ role }) => role === "mask");
  const batch = batchOf(inputs, given);
  const feeds: Record<string, Tensor> = {};
  for (const input of inputs) {
    const own = given[input.name];
    if (own) {
      feeds[input.name] = own;
      continue;
    }
    const isTarget = input.role === "targetIds" || input.role === "targetMask";
    const tokens = isTarget ? target : input.role === "memoryMask" ? remembered : source;
    const length = lengthOf(input, tokens, hasMask || isTarget);
    feeds[input.name] = fill(input, example, batch, tokens, length);
  }
  return { feeds, batch };
}

/** Inputs with a number for each token. */
const perToken = new Set<InputRole>(["ids", "targetIds", "mask", "targetMask", "memoryMask", "types", "positions"]);

/** What tells most surely how many examples there are, first; of past, lengths and others the first axis may be anything. */
const tellingBatch: readonly InputRole[] = [
  "ids",
  "pixels",
  "targetIds",
  "memory",
  "mask",
  "types",
  "targetMask",
  "memoryMask",
];

/** How many examples the graph wants: what its inputs fix, or what they are given. */
function batchOf(inputs: readonly GraphInput[], given: Feeds): number {
  const telling = tellingBatch.flatMap((role) => inputs.filter((input) => input.role === role));
  const others = inputs.filter(({ role }) => role === "other");
  for (const { name, shape, role } of [...telling, ...others]) {
    const [size] = given[name]?.shape ?? shape;
    const least = role === "other" ? 3 : 2;
    if (shape.length >= least && typeof size === "number" && size > 0) return size;
  }
  return 1;
}

/** How long the rows of an input are: as long as the text, or as the graph says. */
function lengthOf({ name, shape, role }: GraphInput, tokens: number, canPad: boolean): number {
  const fixed = shape.at(-1);
  if (shape.length > 2 || typeof fixed !== "number" || !perToken.has(role)) return tokens;
  if (tokens > fixed)
    throw new RangeError(`attend: expected at most ${fixed} tokens, the fixed length of the input "${name}"; got ${tokens}`);
  if (tokens < fixed && !canPad) {
    throw new RangeError(
      `attend: expected exactly ${fixed} tokens, as the graph has a fixed length and no mask; got ${tokens}`,
    );
  }
  return fixed;
}

function fill(input: GraphInput, example: EncodedInput | undefined, batch: number, tokens: number, length: number): Tensor {
  const { name, role, shape } = input;
  const missing = (why: string): TypeError =>
    new TypeError(`attend: the input "${name}" ${why}; pass it as feeds: { ${JSON.stringify(name)}: tensor }`);
  const row = (values: readonly number[], dtype: "int32" | "float32" | "bool" = "int32"): Tensor => {
    // one row for all examples; of masks with one axis it is not known what they count
    if (shape.length === 1 && !role.toLowerCase().endsWith("mask")) return repeated(values, length, 1, dtype, []);
    if (shape.length !== 2) throw missing(`has ${shape.length} axes where 2 are known how to fill`);
    return repeated(values, length, batch, dtype);
  };
  switch (role) {
    case "ids":
      if (!example?.ids) throw missing("wants the ids of tokens");
      return row(example.ids);
    case "targetIds":
      if (!example?.targetIds) throw missing("wants what the decoder has written: { text, target }, or targetIds");
      return row(example.targetIds);
    case "mask":
    case "targetMask":
    case "memoryMask":
      return row(ones(tokens), input.dtype === "bool" ? "bool" : input.dtype.startsWith("float") ? "float32" : "int32");
    case "types":
      return row(example?.types ?? ones(tokens).map(() => 0));
    case "positions":
      if (length === 0) throw missing("wants the places of tokens");
      return row(ones(length).map((_, position) => position));
    case "pixels":
      if (!example?.pixels) throw missing("wants an image: { pixels: [channels, height, width] }");
      return { ...example.pixels, shape: [1, ...example.pixels.shape] };
    case "past":
      return emptyPast(input, batch, missing);
    case "usePast":
      return { shape: shape.length === 0 ? [] : [1], dtype: "bool", data: new Uint8Array(1) };
    case "lengths":
      return { shape: [batch], dtype: "int32", data: new Int32Array(batch).fill(tokens - 1) };
    case "totalLength":
      return { shape: shape.length === 0 ? [] : [1], dtype: "int32", data: Int32Array.of(tokens) };
    case "memory":
      throw missing("wants what an encoder computed, as this file is a decoder alone");
    case "other":
      throw missing(`is of a kind that is not known (${input.dtype} [${shape.join(", ")}])`);
  }
}

const ones = (length: number): number[] => Array.from({ length }, () => 1);

function repeated(
  values: readonly number[],
  length: number,
  batch: number,
  dtype: "int32" | "float32" | "bool",
  leading: readonly number[] = [batch],
): Tensor {
  const size = length * batch;
  const data = dtype === "int32" ? new Int32Array(size) : dtype === "bool" ? new Uint8Array(size) : new Float32Array(size);
  for (let example = 0; example < batch; example++) data.set(values, example * length);
  return { shape: [...leading, length], dtype, data } as Tensor;
}

/** Nothing read yet: [B, H, 0, D], H and D from the graph, or keys and values together as [2, B, H, 0, D]. */
function emptyPast({ shape }: GraphInput, batch: number, missing: (why: string) => TypeError): Tensor {
  const first = shape.length === 5 && shape[0] === 2 ? 1 : 0;
  const open = shape.flatMap((size, axis) => (axis > first && typeof size === "string" ? [axis] : []));
  if (open.length !== 1) throw missing(`is a past whose sizes [${shape.join(", ")}] do not say which is its length`);
  const sizes = shape.map((size, axis) => (axis === open[0] ? 0 : typeof size === "number" ? size : batch));
  return { shape: sizes, dtype: "float32", data: new Float32Array(0) };
}

/** The inputs with roles their user names, where inferring them went wrong. */
export function withRoles(inputs: readonly GraphInput[], roles: Readonly<Record<string, InputRole>>): GraphInput[] {
  const unknown = Object.keys(roles).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    throw new RangeError(
      `openOnnx: expected roles for inputs out of ${inputs.map(({ name }) => name).join(", ")}; got ${unknown}`,
    );
  }
  return inputs.map((input) => ({ ...input, role: roles[input.name] ?? input.role }));
}
