import { readOptions, type OptionNames } from "../checks/read-options.js";
import { isFile, joinPath } from "#weight-files";
import {
  openOnnxFile,
  type ExposedAttention,
  type GraphInput,
  type InputRole,
  type OnnxModel,
} from "../engine/onnx-models/index.js";
import type { Tensor, TensorLike } from "../engine/index.js";
import type { Axis } from "../note/index.js";
import type { AttentionMaps, MapsKind } from "../attention/attention-maps.js";
import { readJson } from "../storage/read-json.js";
import { encodeInput, requireInput, type EncodedInput, type ModelInput } from "./model-input.js";
import { ModelOutput } from "./model-output.js";
import { readModelText, type ModelText } from "./model-text.js";
import { fillFeeds, readFeeds, withRoles } from "./onnx-feeds.js";
import { onnxMaps } from "./onnx-maps.js";

export interface OpenOnnxOptions {
  /** The folder of `tokenizer.json`; that of the file, or the one above it, unless given. */
  readonly tokenizer?: string;
  /** What inputs are for, where inferring it went wrong; see `inputs` of the opened model. */
  readonly roles?: Readonly<Record<string, InputRole>>;
  /** Where it runs, in ONNX Runtime's names; `["cpu"]` unless given. */
  readonly providers?: readonly string[];
  /** Threads of one operation; as many as there are cores unless given. */
  readonly threads?: number;
}

export interface OnnxAttendOptions {
  /** Layers, counted from 0 within their kind. All of them unless given. */
  readonly layers?: readonly number[];
  readonly heads?: readonly number[];
  readonly kinds?: readonly MapsKind[];
  /** Queries, keys and values too, where the graph lets them be seen. */
  readonly vectors?: boolean;
  /** Outputs of the file, by name. */
  readonly outputs?: readonly string[];
  /** Inputs as tensors, in place of what would be filled in. */
  readonly feeds?: Readonly<Record<string, TensorLike>>;
  /** Whether a text longer than the tokenizer's model reads is cut at its end. */
  readonly truncate?: boolean;
  readonly signal?: AbortSignal;
}

const onnxAttendNames: OptionNames<OnnxAttendOptions> = {
  layers: true,
  heads: true,
  kinds: true,
  vectors: true,
  outputs: true,
  feeds: true,
  truncate: true,
  signal: true,
};

/** What is looked for; told when nothing is found. */
const lookedFor =
  "a softmax between two products of values that change (masks, scales, casts, reshapes, transposes and quantisation may stand between), " +
  "Attention of opset 23, and com.microsoft Attention, QAttention, MultiHeadAttention and GroupQueryAttention; also in functions of the model";

/**
 * Opens any ONNX model with attention in it: finds every attention of the graph and makes its weights, queries, keys and values outputs
 * that can be asked for. Models of either PyTorch exporter, optimised by ONNX Runtime, in half precision, quantised to int8, with weights
 * in files beside them. Fused nodes are rewritten into plain ones, or asked for their weights. Of a file that asks by an input
 * whether there is a past, the branch without one is taken; attention inside other bodies of If, and of Loop, is not found: `closed` says so.
 * Weights of an int8 model are those of this processor: without VNNI instructions its products saturate (README.md has more).
 *
 * @throws RangeError when there is no file, a file beside it is missing, or no attention is found; SyntaxError when it is no ONNX model
 * @example
 * ```ts
 * import { openOnnx } from "heed";
 * const model = await openOnnx("model.onnx");
 * console.log(model.attention.length); // 2 – layers
 * const { weights } = await model.attend([1, 7, 5, 2]); // ids of its vocabulary; with a tokenizer, text
 * console.log(weights.shape); // [2, 3, 4, 4]
 * ```
 */
export async function openOnnx(file: string, options: OpenOnnxOptions = {}): Promise<OpenedOnnx> {
  const {
    tokenizer,
    roles = {},
    providers,
    threads,
  } = readOptions("openOnnx", options, { tokenizer: true, roles: true, providers: true, threads: true });
  const model = await openOnnxFile(file, { roles, ...(providers && { providers }), ...(threads !== undefined && { threads }) });
  try {
    if (model.attention.length === 0) throw nothingFound(file, model);
    const folder = await findFolder(file, tokenizer);
    const config = folder === undefined ? undefined : await readJson(folder, "config.json");
    return new OpenedOnnx({
      name: file.split(/[/\\]/).at(-1) ?? file,
      model,
      inputs: withRoles(model.inputs, roles),
      texts: folder === undefined ? undefined : await readModelText(folder, Number.MAX_SAFE_INTEGER),
      start: Number((config as Record<string, unknown> | undefined)?.["decoder_start_token_id"] ?? 0),
    });
  } catch (error) {
    await model.close();
    throw error;
  }
}

function nothingFound(file: string, { closed }: OnnxModel): RangeError {
  const also = closed.length > 0 ? ` There is ${[...new Set(closed)].join(", ")}, which was not looked into.` : "";
  return new RangeError(`openOnnx: found no attention in ${file}. Looked for ${lookedFor}.${also}`);
}

/** The folder with the tokenizer: the one named, the file's own, or the one above, where exports often lie. */
async function findFolder(file: string, named: string | undefined): Promise<string | undefined> {
  if (named !== undefined) {
    const folder = named.replace(/[/\\]?tokenizer\.json$/, "");
    if (await isFile(joinPath(folder, "tokenizer.json"))) return folder;
    throw new RangeError(`openOnnx: expected tokenizer.json in ${folder}; there is none`);
  }
  const own = file.replace(/[^/\\]*$/, "") || ".";
  for (const folder of [own, joinPath(own, "..")]) if (await isFile(joinPath(folder, "tokenizer.json"))) return folder;
  return undefined;
}

interface OpenedParts {
  readonly name: string;
  readonly model: OnnxModel;
  readonly inputs: readonly GraphInput[];
  readonly texts: ModelText | undefined;
  readonly start: number;
}

/** An ONNX model opened up. Made by `openOnnx`. */
export class OpenedOnnx {
  readonly name: string;
  /** Its inputs with their types, sizes, and what they are for. */
  readonly inputs: readonly GraphInput[];
  /** Its own outputs. */
  readonly outputs: readonly string[];
  /** Every attention found, in the order of the graph: its kind and layer, the node it comes from, and the inputs its queries are made of. */
  readonly attention: readonly Pick<ExposedAttention, "kind" | "layer" | "operation" | "node" | "reads" | "looksAt">[];
  /** What may hold attention and was not opened: fused nodes by operation, functions, bodies of loops and branches. */
  readonly closed: readonly string[];
  readonly #parts: OpenedParts;

  constructor(parts: OpenedParts) {
    this.name = parts.name;
    this.inputs = parts.inputs;
    this.outputs = parts.model.outputs;
    this.attention = parts.model.attention.map(({ kind, layer, operation, node, reads, looksAt }) => {
      return { kind, layer, operation, node, reads, looksAt };
    });
    this.closed = parts.model.closed;
    this.#parts = parts;
  }

  /**
   * Runs the model on one text, pair, image or list of ids (or on inputs given as `feeds` alone), and gives its attention.
   *
   * Only what is asked for is copied out.
   *
   * @throws TypeError for an input that cannot be filled in; RangeError for layers, heads or kinds that the model does not have
   */
  async attend(input?: ModelInput, options: OnnxAttendOptions = {}): Promise<ModelOutput> {
    const { model, inputs, name } = this.#parts;
    const {
      layers,
      heads,
      vectors = false,
      outputs = [],
      feeds: given = {},
      signal,
    } = readOptions("attend", options, onnxAttendNames);
    signal?.throwIfAborted();
    const example = input === undefined ? undefined : this.#encode(input, options);
    const chosen = chooseAttention(model.attention, layers, options.kinds);
    const unknown = outputs.find((output) => !model.outputs.includes(output));
    if (unknown !== undefined) {
      throw new RangeError(`attend: expected outputs out of ${model.outputs.join(", ")}; got ${unknown}`);
    }
    const { feeds, batch } = fillFeeds(inputs, example, readFeeds(inputs, given));
    const fetch = chosen.flatMap((one) => (vectors ? Object.values(one.outputs) : [one.outputs.weights]));
    const results = await model.run(feeds, [...new Set([...fetch, ...outputs])]);
    signal?.throwIfAborted();
    const source = example?.axis;
    const target = example?.targetAxis ?? source;
    const leading = new Set(Object.values(feeds).flatMap(({ shape }) => (shape.length > 1 ? [shape[0] ?? 1] : [])));
    // A tower that reads a picture has none of the text's tokens, and what was computed elsewhere none that are known here.
    const tokensOf = (names: readonly string[], found: Axis | undefined): Axis | undefined =>
      names.length === 0 || inputs.some((one) => names.includes(one.name) && tokenRoles.has(one.role)) ? found : undefined;
    const maps: Partial<Record<MapsKind, AttentionMaps>> = {};
    for (const kind of new Set(chosen.map((one) => one.kind))) {
      const found = chosen.filter((one) => one.kind === kind);
      const isTarget = kind.startsWith("decoder") || kind === "cross";
      const read = found.flatMap(({ reads }) => reads);
      const lookedAt = found.flatMap(({ looksAt }) => looksAt);
      const own = tokensOf(read, isTarget ? target : source);
      maps[kind] = onnxMaps({
        found,
        outputs: results,
        heads,
        vectors,
        batch,
        leading,
        rows: fitting(own, results, found, -2),
        columns: fitting(kind === "cross" ? tokensOf(lookedAt, source) : own, results, found, -1),
        model: name,
      });
    }
    return new ModelOutput({
      attention: maps,
      tokens: source ?? (Object.values(maps)[0] as AttentionMaps).columns,
      ...(example?.targetAxis && { targetTokens: example.targetAxis }),
      ...(example?.ids && { ids: example.ids }),
      ...(example?.targetIds && { targetIds: example.targetIds }),
      truncated: example?.truncated ?? 0,
      outputs: Object.fromEntries(outputs.map((output) => [output, results[output] as Tensor])),
    });
  }

  /** The same for many inputs, one after another. Break out of the loop, or abort the signal, to stop. */
  async *attendEach(
    inputs: Iterable<ModelInput> | AsyncIterable<ModelInput>,
    given: OnnxAttendOptions & { readonly onProgress?: (done: number) => void } = {},
  ): AsyncGenerator<ModelOutput, void, void> {
    const { onProgress, ...options } = readOptions("attendEach", given, { onProgress: true, ...onnxAttendNames });
    let done = 0;
    for await (const input of inputs) {
      const look = await this.attend(input, options);
      onProgress?.(++done);
      yield look;
    }
  }

  /** Frees the model; it cannot be used afterwards. */
  close(): Promise<void> {
    return this.#parts.model.close();
  }

  /** The input as tokens, or as pixels of the size the graph wants. */
  #encode(input: ModelInput, options: OnnxAttendOptions): EncodedInput {
    const { inputs, texts, start } = this.#parts;
    const readsImages = inputs.some(({ role }) => role === "pixels");
    const feeds = inputs.map(({ name }) => name).filter((name) => typeof input === "object" && input !== null && name in input);
    requireInput(
      input,
      feeds.length > 0 ? `. Give tensors as feeds: attend(undefined, { feeds: { ${feeds.join(", ")} } })` : "",
    );
    if (typeof input === "object" && "pixels" in input) {
      if (!readsImages) throw new TypeError("attend: expected a text or ids; the model has no input for an image");
      return { pixels: input.pixels, axis: { tokens: [] }, truncated: 0 };
    }
    if (readsImages && !inputs.some(({ role }) => role === "ids")) {
      throw new TypeError(
        "attend: expected { pixels: [channels, height, width] }; the file does not say how pictures become numbers",
      );
    }
    const isPair = inputs.some(({ role }) => role === "targetIds");
    const kind = isPair ? "encoder-decoder" : "encoder";
    return encodeInput(input, { kind, vocabulary: Number.MAX_SAFE_INTEGER, start }, texts, options);
  }
}

/** Inputs that are tokens. */
const tokenRoles = new Set<InputRole>(["ids", "targetIds"]);

/** The tokens as labels, unless the graph made another number of rows of them: a past, or patches. */
function fitting(
  axis: Axis | undefined,
  results: Readonly<Record<string, Tensor>>,
  [first]: readonly ExposedAttention[],
  at: -1 | -2,
): Axis | undefined {
  const size = results[first?.outputs.weights ?? ""]?.shape.at(at) ?? 0;
  if (axis === undefined || axis.tokens.length === 0 || axis.tokens.length > size) return undefined;
  return axis;
}

function chooseAttention(
  found: readonly ExposedAttention[],
  layers: readonly number[] | undefined,
  kinds: readonly MapsKind[] | undefined,
): ExposedAttention[] {
  const known = [...new Set(found.map(({ kind }) => kind))];
  const unknown = kinds?.find((kind) => !known.includes(kind));
  if (unknown !== undefined) throw new RangeError(`attend: expected kinds out of ${known.join(", ")}; got ${unknown}`);
  return (kinds ?? known).flatMap((kind) => {
    const all = found.filter((one) => one.kind === kind);
    if (layers === undefined) return all;
    return layers.map((layer) => {
      const one = all.at(layer);
      if (one === undefined || !Number.isInteger(layer)) {
        throw new RangeError(`attend: expected layers of kind ${kind} from 0 to ${all.length - 1}; got ${layer}`);
      }
      return one;
    });
  });
}
