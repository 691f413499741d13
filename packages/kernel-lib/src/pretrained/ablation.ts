/** What a model gives when a part of its attention is taken away. */
import { ops, type Tensor, type Traced } from "../engine/index.js";
import type { AttentionKind, AttentionPlace, WeightsHook, FamilyModel, HeadName } from "./families/index.js";
import { lastHiddenState } from "./families/family.js";
import { makeBatch, unbatch } from "./batch.js";
import type { EncodedInput } from "./model-input.js";
import type { ModelRunner } from "./model-runner.js";

/** What is taken away; layers, heads and tokens count from 0. `kind` is that of the model's own tokens unless given. */
export type AblationTarget =
  /** A head: it reads nothing, its output is 0. */
  | { readonly layer: number; readonly head: number; readonly kind?: AttentionKind }
  /** A cell: one query does not see one key, in one head or in all heads of a layer. */
  | {
      readonly layer: number;
      readonly head?: number;
      readonly query: number;
      readonly key: number;
      readonly kind?: AttentionKind;
    }
  /** A token, or a part of an image (0 is its first token): no token sees it. */
  | { readonly token: number };

/** Which output is compared: the last hidden state, or that of a head. */
export type ComparedOutput = "hidden" | HeadName;

export interface AblationOptions {
  /** `hidden` unless given. */
  readonly output?: ComparedOutput;
  /** Whether the rest of a cut row is scaled to sum to 1 again; otherwise the cell is 0 and nothing else changes. */
  readonly renormalise?: boolean;
  readonly signal?: AbortSignal;
}

export interface Ablation {
  readonly before: Tensor;
  readonly after: Tensor;
  /** ‖after − before‖ / ‖before‖ over all numbers of the output. */
  readonly change: number;
}

export interface AblateHeadsOptions extends Omit<AblationOptions, "renormalise"> {
  /** Whose heads; those of the model's own tokens unless given. */
  readonly kind?: AttentionKind;
  /** How many heads are taken away in one run; 12 unless given. */
  readonly batch?: number;
  /** Called with the share done. */
  readonly onProgress?: (done: number) => void;
}

/** What taking away each head changes. */
export interface HeadAblation {
  /** ‖after − before‖ / ‖before‖ for each head: [L, H]. */
  readonly change: Tensor;
  readonly before: Tensor;
  /** The output without each head: [L, H, …]. */
  readonly after: Tensor;
}

interface Parts {
  readonly model: FamilyModel;
  readonly heads: readonly HeadName[];
}

/** The model's output without a head, a cell or a token, beside what it gives as it is. */
export async function ablate(
  parts: Parts,
  runner: ModelRunner,
  example: EncodedInput,
  what: AblationTarget,
  options: AblationOptions,
): Promise<Ablation> {
  const { model } = parts;
  const output = options.output ?? "hidden";
  checkOutput(parts, output);
  const twice = makeBatch([example, example], model);
  let results: Tensor;
  if ("token" in what) {
    results = await withoutToken(parts, runner, example, what.token, output, options.signal);
  } else {
    const kind = what.kind ?? ownKind(model);
    const { layers, heads } = sizeOfKind(model, kind);
    checkPlace("layer", what.layer, layers);
    if (what.head !== undefined) checkPlace("head", what.head, heads);
    const [Q, K] = lengthsOf(model, kind, example);
    const keep = "query" in what ? cutCell(what, heads, Q, K) : { shape: [2, heads, 1, 1], ...cutHead(what.head, heads) };
    const { renormalise = false } = options;
    const edit = (scale: Traced): WeightsHook =>
      editOne({ kind, layer: what.layer }, (weights) =>
        renormalise ? rescaled(ops.multiply(weights, scale)) : ops.multiply(weights, scale),
      );
    const key = `cut ${kind} ${what.layer} ${renormalise}`;
    results = await run(parts, runner, output, { ...twice, scale: keep }, key, edit, options.signal);
  }
  const [before, after] = [unbatch(results, 0), unbatch(results, 1)];
  return { before, after, change: relativeChange(before, after) };
}

/** The output of two examples, in the second of which no token sees one of them. */
async function withoutToken(
  parts: Parts,
  runner: ModelRunner,
  example: EncodedInput,
  token: number,
  output: ComparedOutput,
  signal: AbortSignal | undefined,
): Promise<Tensor> {
  const tokens = example.axis.tokens.length;
  checkPlace("token", token, tokens);
  const twice = makeBatch([example, example], parts.model);
  const kept = Array.from({ length: 2 * tokens }, (_, i) => Number(i !== tokens + token));
  if (parts.model.kind !== "image") {
    const mask: Tensor = { shape: [2, tokens], dtype: "bool", data: Uint8Array.from(kept) };
    return run(parts, runner, output, { ...twice, mask }, "", () => undefined, signal);
  }
  // Images come without a mask. To scale what is left of a row to sum to 1 is the same as to mask before the softmax.
  const scale: Tensor = { shape: [2, 1, 1, tokens], dtype: "float32", data: Float32Array.from(kept) };
  return run(parts, runner, output, { ...twice, scale }, "part", withoutParts, signal);
}

const withoutParts =
  (keep: Traced): WeightsHook =>
  (weights) =>
    rescaled(ops.multiply(weights, keep));

/** Rows that sum to 1 again; those of 0 stay. */
const rescaled = (weights: Traced): Traced => ops.divide(weights, ops.maximum(ops.sum(weights, -1, { keepdims: true }), 1e-12));

/** Takes away every head of a kind, one at a time, several in one run. */
export async function ablateHeads(
  parts: Parts,
  runner: ModelRunner,
  example: EncodedInput,
  options: AblateHeadsOptions,
): Promise<HeadAblation> {
  const { model } = parts;
  const { output = "hidden", kind = ownKind(model), batch = 12, onProgress, signal } = options;
  checkOutput(parts, output);
  const { layers, heads } = sizeOfKind(model, kind);
  const count = layers * heads;
  const size = Math.min(batch, count);
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`ablateHeads: expected a batch of at least 1; got ${batch}`);
  const after: Tensor[] = [];
  // The last example of each run is whole: what the others are compared with.
  const examples = Array.from({ length: size + 1 }, () => example);
  const inputs = makeBatch(examples, model);
  let before: Tensor | undefined;
  for (let first = 0; first < count; first += size) {
    const data = new Float32Array((size + 1) * layers * heads).fill(1);
    for (let i = 0; i < size && first + i < count; i++) data[i * count + first + i] = 0;
    const scale: Tensor = { shape: [size + 1, layers, heads], dtype: "float32", data };
    const edit =
      (all: Traced): WeightsHook =>
      (weights, at) => {
        if (at.kind !== kind) return weights;
        const here = ops.squeeze(ops.slice(all, at.layer, at.layer + 1, 1), 1); // [B, H]
        return ops.multiply(weights, ops.expandDims(here, [2, 3]));
      };
    const results = await run(parts, runner, output, { ...inputs, scale }, `heads ${kind}`, edit, signal);
    before ??= unbatch(results, size);
    for (let i = 0; i < size && first + i < count; i++) after.push(unbatch(results, i));
    onProgress?.(Math.min(first + size, count) / count);
  }
  const whole = before as Tensor;
  const data = Float32Array.from(after, (one) => relativeChange(whole, one));
  const all = new Float32Array(count * whole.data.length);
  after.forEach((one, i) => all.set(one.data, i * whole.data.length));
  return {
    change: { shape: [layers, heads], dtype: "float32", data },
    before: whole,
    after: { shape: [layers, heads, ...whole.shape], dtype: "float32", data: all },
  };
}

async function run(
  { model }: Parts,
  runner: ModelRunner,
  output: ComparedOutput,
  inputs: Readonly<Record<string, Tensor>>,
  key: string,
  edit: (scale: Traced) => WeightsHook | undefined,
  signal: AbortSignal | undefined,
): Promise<Tensor> {
  const result = await runner.call(
    `knock-out ${output} ${key}`,
    (parameters, { scale, ...given }) => {
      const trace = model.run(parameters, given, scale && edit(scale));
      const head = output === "hidden" ? undefined : model.heads[output];
      return head ? head.run(parameters, trace) : lastHiddenState(model, parameters, trace);
    },
    inputs,
    signal,
  );
  return result as Tensor;
}

const editOne =
  (place: AttentionPlace, change: (weights: Traced) => Traced): WeightsHook =>
  (weights, at) =>
    at.kind === place.kind && at.layer === place.layer ? change(weights) : weights;

/** The kind of attention a model's own tokens have over themselves. */
export const ownKind = (model: FamilyModel): AttentionKind => (model.sizes.encoder ? "encoder" : "decoder");

function sizeOfKind({ sizes }: FamilyModel, kind: AttentionKind): { readonly layers: number; readonly heads: number } {
  const size = kind === "encoder" ? sizes.encoder : sizes.decoder;
  if (size === undefined || (kind === "cross" && !sizes.encoder)) {
    throw new RangeError(`ablate: the model has no attention of kind ${kind}`);
  }
  return size;
}

function lengthsOf({ kind: model }: FamilyModel, kind: AttentionKind, example: EncodedInput): [number, number] {
  const T = example.axis.tokens.length;
  const target = model === "encoder-decoder" ? (example.targetIds?.length ?? T) : T;
  return [kind === "encoder" ? T : target, kind === "decoder" ? target : T];
}

/** Factors for the second of two examples: 0 for one head. */
function cutHead(head: number | undefined, heads: number): { dtype: "float32"; data: Float32Array } {
  const data = new Float32Array(2 * heads).fill(1);
  if (head !== undefined) data[heads + head] = 0;
  return { dtype: "float32", data };
}

function cutCell(
  { head, query, key }: { readonly head?: number; readonly query: number; readonly key: number },
  heads: number,
  Q: number,
  K: number,
): Tensor {
  checkPlace("query", query, Q);
  checkPlace("key", key, K);
  const data = new Float32Array(2 * heads * Q * K).fill(1);
  for (let h = 0; h < heads; h++) {
    if (head === undefined || head === h) data[((heads + h) * Q + query) * K + key] = 0;
  }
  return { shape: [2, heads, Q, K], dtype: "float32", data };
}

function checkPlace(name: string, index: number, size: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`ablate: expected a ${name} from 0 to ${size - 1}; got ${index}`);
  }
}

function checkOutput({ heads }: Parts, output: ComparedOutput): void {
  if (output === "hidden" || heads.includes(output)) return;
  throw new RangeError(`ablate: expected an output out of ${["hidden", ...heads].join(", ")}; got ${output}`);
}

function relativeChange(before: Tensor, after: Tensor): number {
  let difference = 0;
  let size = 0;
  before.data.forEach((x, i) => {
    difference += ((after.data[i] ?? 0) - x) ** 2;
    size += x * x;
  });
  return size === 0 ? 0 : Math.sqrt(difference / size);
}
