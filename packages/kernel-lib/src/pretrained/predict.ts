/** What a model says of a text besides its attention: the token behind a mask, the next token, a vector for the whole. */
import type { OptionNames } from "../checks/read-options.js";
import { ops, type Tensor } from "../engine/index.js";
import { lastHidden } from "./families/family.js";
import type { FamilyModel, HeadName } from "./families/index.js";
import { makeBatch } from "./batch.js";
import { lastLogits } from "./generate.js";
import { encodeInput, type EncodedInput } from "./model-input.js";
import type { ModelRunner } from "./model-runner.js";
import type { ModelText } from "./model-text.js";

export interface TopOptions {
  /** How many of the likeliest; 5 unless given. */
  readonly top?: number;
  readonly truncate?: boolean;
  readonly signal?: AbortSignal;
}

/** The names of these options. */
export const topNames: OptionNames<TopOptions> = { top: true, truncate: true, signal: true };

/** A token and how likely the model holds it. */
export interface Guess {
  readonly token: string;
  readonly id: number;
  readonly probability: number;
}

/** The guesses for one [MASK]. */
export interface Filled {
  /** Its position among the tokens. */
  readonly position: number;
  readonly guesses: readonly Guess[];
}

/** How a vector for a whole text is made, as sentence-transformers says in `modules.json`. */
export interface PoolingConfig {
  readonly pool: "mean" | "first" | "max";
  readonly normalise: boolean;
  /** The most tokens of a text that are read, where fewer than the model can. */
  readonly longest?: number;
}

interface Parts {
  readonly model: FamilyModel;
  readonly heads: readonly HeadName[];
  readonly texts: ModelText | undefined;
  readonly pooling: PoolingConfig;
}

/**
 * The likeliest tokens for each mask of a text.
 *
 * @throws TypeError when the model fills no masks; RangeError when the text has none
 */
export async function fillMask(parts: Parts, runner: ModelRunner, text: string, options: TopOptions): Promise<Filled[]> {
  const { model, heads, texts } = parts;
  const maskId = texts?.maskId;
  if (model.kind !== "encoder" || !heads.includes("logits") || texts === undefined || maskId === undefined) {
    throw new TypeError("fillMask: expected a masked language model; this one has no such head, or no mask among its tokens");
  }
  const example = encodeInput(text, model, texts, options);
  const masks = (example.ids ?? []).flatMap((id, position) => (id === maskId ? [position] : []));
  if (masks.length === 0)
    throw new RangeError(`fillMask: expected ${texts.tokenizer.token(maskId)} in the text; there is none`);
  const outputs = await runner.run(
    makeBatch([example], model),
    { attention: {}, vectors: false, scores: false, hidden: false, outputs: ["logits"] },
    options.signal,
  );
  const logits = outputs.outputs.logits?.data as Float32Array;
  const size = model.vocabulary;
  return masks.map((position) => ({
    position,
    guesses: likeliest(logits.subarray(position * size, (position + 1) * size), texts, options.top),
  }));
}

/**
 * The likeliest tokens to follow a text.
 *
 * @throws TypeError when the model is no decoder
 */
export async function nextToken(
  parts: Parts,
  runner: ModelRunner,
  input: string | readonly number[],
  options: TopOptions,
): Promise<Guess[]> {
  const { model, texts } = parts;
  if (model.kind !== "decoder")
    throw new TypeError(`nextToken: expected a decoder, such as GPT-2; this model is of kind ${model.kind}`);
  const { ids = [] } = encodeInput(input, model, texts, options);
  return likeliest(await lastLogits(runner, model, ids, {}, options.signal), texts, options.top);
}

/** The largest probabilities of softmax(logits). */
function likeliest(logits: Float32Array, texts: ModelText | undefined, top = 5): Guess[] {
  if (!Number.isInteger(top) || top < 1) throw new RangeError(`expected top to be at least 1; got ${top}`);
  const largest = logits.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
  const total = logits.reduce((sum, x) => sum + Math.exp(x - largest), 0);
  return Array.from(logits, (logit, id) => ({ id, logit }))
    .toSorted((x, y) => y.logit - x.logit)
    .slice(0, top)
    .map(({ id, logit }) => ({
      token: texts?.tokenizer.token(id) ?? `${id}`,
      id,
      probability: Math.exp(logit - largest) / total,
    }));
}

/** How many texts are embedded at once. */
const textsAtOnce = 8;

/** A vector for each text, pooled over its tokens (special ones included) as the model's folder says. */
export async function embedTexts(
  parts: Parts,
  runner: ModelRunner,
  given: readonly string[],
  options: { readonly truncate?: boolean; readonly signal?: AbortSignal },
): Promise<Tensor> {
  const { model, texts, pooling } = parts;
  if (model.kind !== "encoder")
    throw new TypeError(`embed: expected an encoder, such as BERT; this model is of kind ${model.kind}`);
  if (given.length === 0) throw new RangeError("embed: expected at least one text; got none");
  const longest = Math.min(pooling.longest ?? Number.POSITIVE_INFINITY, model.longest ?? Number.POSITIVE_INFINITY);
  const examples = given.map((text) => encodeInput(text, { ...model, longest }, texts, options));
  const rows: Tensor[] = [];
  for (let from = 0; from < examples.length; from += textsAtOnce) {
    const some = examples.slice(from, from + textsAtOnce);
    const inputs = makeBatch(some, model, examples.length > 1);
    const weight = poolingWeights(some, inputs.ids?.shape[1] ?? 1, pooling);
    rows.push(
      (await runner.call(`pool ${pooling.pool}`, poolProgram(model, pooling), { ...inputs, weight }, options.signal)) as Tensor,
    );
  }
  const width = rows[0]?.shape[1] ?? 0;
  const data = new Float32Array(given.length * width);
  let at = 0;
  for (const row of rows) {
    data.set(row.data, at);
    at += row.data.length;
  }
  if (pooling.normalise) normaliseRows(data, width);
  return { shape: [given.length, width], dtype: "float32", data };
}

/** What each token adds: [B, T]. For the maximum, 1 where there is a token. */
function poolingWeights(examples: readonly EncodedInput[], length: number, { pool }: PoolingConfig): Tensor {
  const data = new Float32Array(examples.length * length);
  examples.forEach(({ ids = [] }, i) => {
    const tokens = pool === "first" ? 1 : ids.length;
    data.fill(pool === "mean" ? 1 / tokens : 1, i * length, i * length + tokens);
  });
  return { shape: [examples.length, length], dtype: "float32", data };
}

const poolProgram =
  (model: FamilyModel, { pool }: PoolingConfig): Parameters<ModelRunner["call"]>[1] =>
  (parameters, { weight, ...given }) => {
    const hidden = lastHidden(model.run(parameters, given).encoder); // [B, T, width]
    if (weight === undefined) throw new Error("internal: no weights to pool with");
    if (pool === "max") return ops.max(ops.where(ops.greater(ops.expandDims(weight, 2), 0), hidden, -3e38), 1);
    return ops.squeeze(ops.matmul(ops.expandDims(weight, 1), hidden), 1); // [B, 1, T] · [B, T, width]
  };

function normaliseRows(data: Float32Array, width: number): void {
  for (let start = 0; start < data.length; start += width) {
    const row = data.subarray(start, start + width);
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    if (length > 0) row.forEach((x, i) => (row[i] = x / length));
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Reads `modules.json`, the pooling it points to, and `sentence_bert_config.json`, as sentence-transformers writes them. */
export async function readPooling(read: (name: string) => Promise<unknown>): Promise<PoolingConfig> {
  const modules = await read("modules.json");
  const list = (Array.isArray(modules) ? (modules as unknown[]) : []).filter(isObject);
  const typed = (name: string): Record<string, unknown> | undefined =>
    list.find(({ type }) => typeof type === "string" && type.endsWith(`.${name}`));
  const path = typed("Pooling")?.["path"];
  const config = (typeof path === "string" && /^[\w-]+$/.test(path) ? await read(`${path}/config.json`) : undefined) as
    Record<string, unknown> | undefined;
  const sentence = (await read("sentence_bert_config.json")) as { max_seq_length?: unknown } | undefined;
  const pool =
    config?.["pooling_mode_cls_token"] === true ? "first" : config?.["pooling_mode_max_tokens"] === true ? "max" : "mean";
  const longest = sentence?.max_seq_length;
  return {
    pool,
    normalise: typed("Normalize") !== undefined,
    ...(Number.isInteger(longest) && Number(longest) > 0 && { longest: Number(longest) }),
  };
}
