import { ops, type Tensor, type Traced } from "../engine/index.js";
import type { FamilyModel, ModelTrace } from "./families/index.js";
import { lastHidden } from "./families/family.js";
import type { Axis } from "../note/index.js";
import { int32, lengthStep, makeBatch } from "./batch.js";
import { axisOfIds, type EncodedInput } from "./model-input.js";
import type { ModelRunner } from "./model-runner.js";
import type { ModelText } from "./model-text.js";

/** What a model's `generation_config.json` and `config.json` say of writing. */
export interface GenerationConfig {
  /** Ids that end a text. */
  readonly ends: ReadonlySet<number>;
  /** Ids that are never written. */
  readonly never: readonly number[];
  /** The id that must come first. */
  readonly first?: number;
}

export interface GenerateOptions {
  /** How many tokens are written at most; 40 unless given. */
  readonly maxTokens?: number;
  /** Called after each token. */
  readonly onToken?: (id: number) => void;
  readonly truncate?: boolean;
  readonly signal?: AbortSignal;
}

/** What a model wrote. */
export interface Generated {
  /** Without special tokens; undefined where the model has no tokenizer. */
  readonly text?: string;
  /** Of a decoder the prompt and what follows; of an encoder–decoder what its decoder read and wrote, from the token it starts with. */
  readonly ids: readonly number[];
  readonly axis: Axis;
  /** Why it stopped: it wrote an end, or the limit was reached. */
  readonly stopped: "end" | "limit";
}

interface Parts {
  readonly model: FamilyModel;
  readonly texts: ModelText | undefined;
  readonly generation: GenerationConfig;
}

/** Lower than any logit. */
const impossible = -3e38;

/** Greedy: always the likeliest token. What was read before is read again at each step, in programs of few lengths. */
export async function generate(
  parts: Parts,
  runner: ModelRunner,
  example: EncodedInput,
  options: GenerateOptions,
): Promise<Generated> {
  const { model, texts, generation } = parts;
  const { maxTokens = 40, onToken, signal } = options;
  if (model.kind !== "decoder" && model.kind !== "encoder-decoder") {
    throw new TypeError(`generate: expected a model that writes; this one is of kind ${model.kind}`);
  }
  if (!Number.isInteger(maxTokens) || maxTokens < 1)
    throw new RangeError(`generate: expected maxTokens of at least 1; got ${maxTokens}`);
  const memory = model.kind === "encoder-decoder" ? await encode(runner, model, example, signal) : {};
  const ids = model.kind === "encoder-decoder" ? [model.start ?? 0] : [...(example.ids ?? [])];
  const prompt = ids.length;
  let stopped: Generated["stopped"] = "limit";
  while (ids.length - prompt < maxTokens && ids.length < (model.longest ?? Number.POSITIVE_INFINITY)) {
    const logits = await lastLogits(runner, model, ids, memory, signal);
    for (const id of generation.never) logits[id] = impossible;
    const next = ids.length === prompt && generation.first !== undefined ? generation.first : argmax(logits);
    ids.push(next);
    onToken?.(next);
    if (generation.ends.has(next)) {
      stopped = "end";
      break;
    }
  }
  const text = texts?.tokenizer.decode(ids);
  return { ...(text !== undefined && { text }), ids, axis: axisOfIds(ids, texts), stopped };
}

async function encode(
  runner: ModelRunner,
  model: FamilyModel,
  example: EncodedInput,
  signal: AbortSignal | undefined,
): Promise<{ memory?: Tensor }> {
  const { ids } = makeBatch([{ ...(example.ids && { ids: example.ids }), axis: example.axis, truncated: 0 }], model);
  const memory = await runner.call(
    "encode",
    (parameters, given) => lastHidden(model.run(parameters, given).encoder),
    { ids },
    signal,
  );
  return { memory: memory as Tensor };
}

/** The logits of the token after these: [vocabulary]. Padding behind them changes nothing, as a decoder looks back only. */
export async function lastLogits(
  runner: ModelRunner,
  model: FamilyModel,
  ids: readonly number[],
  memory: { readonly memory?: Tensor },
  signal?: AbortSignal,
): Promise<Float32Array> {
  const length = Math.min(Math.ceil(ids.length / lengthStep) * lengthStep, model.longest ?? Number.POSITIVE_INFINITY);
  const place = new Float32Array(length);
  place[ids.length - 1] = 1;
  const written = int32([ids], length);
  const inputs = memory.memory ? { ...memory, targetIds: written } : { ids: written };
  const logits = await runner.call(
    "last logits",
    (parameters, { place: at, ...given }) => {
      const head = model.heads.logits;
      if (head === undefined || at === undefined) throw new TypeError("generate: expected a model that gives logits");
      return head.run(parameters, only(model.run(parameters, given), at));
    },
    { ...inputs, place: { shape: [1, length], dtype: "float32", data: place } },
    signal,
  );
  return Float32Array.from((logits as Tensor).data);
}

/** The trace with the last hidden state of one token alone, so that logits are computed for that one. */
export function only(trace: ModelTrace, place: Traced): ModelTrace {
  const name = trace.decoder ? "decoder" : "encoder";
  const stack = trace[name];
  if (stack === undefined) return trace;
  const chosen = ops.matmul(ops.expandDims(place, 1), lastHidden(stack)); // [B, 1, T] · [B, T, width]
  return { ...trace, [name]: { hidden: [...stack.hidden.slice(0, -1), chosen], attention: stack.attention } };
}

function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}

const idsOf = (value: unknown): number[] => [value].flat(2).filter((id): id is number => Number.isInteger(id));

/** Reads what `generation_config.json` says, or `config.json` where it says nothing. */
export function readGeneration(config: Readonly<Record<string, unknown>>, generation: unknown): GenerationConfig {
  const both = { ...config, ...(typeof generation === "object" && generation !== null ? generation : {}) } as Record<
    string,
    unknown
  >;
  const alone = Array.isArray(both["bad_words_ids"])
    ? both["bad_words_ids"].filter((word: unknown) => Array.isArray(word) && word.length === 1)
    : [];
  const [first] = idsOf(both["forced_bos_token_id"]);
  return {
    ends: new Set(idsOf(both["eos_token_id"])),
    never: [...idsOf(alone), ...idsOf(both["suppress_tokens"])].filter((id) => id >= 0),
    ...(first !== undefined && { first }),
  };
}
