/** A pretrained model as an ONNX file. */
import { exportOnnx, type Tensor, type Traced } from "../engine/index.js";
import { lastHiddenState } from "./families/family.js";
import type { AttentionKind, FamilyModel, HeadName, ModelInputs, Parameters } from "./families/index.js";
import { attentionOf } from "./model-runner.js";

export interface ExportModelOptions {
  /** How many tokens a text has in the file, padding included; 128 unless given, or as many as the model reads. */
  readonly tokens?: number;
  /** The same of the target of an encoder–decoder; as many as `tokens` unless given. */
  readonly targetTokens?: number;
  /** How many examples are read at once; 1 unless given. */
  readonly batch?: number;
  /** Outputs of heads that the model has, besides the last hidden state. */
  readonly outputs?: readonly HeadName[];
  /** Whether the attention of every layer is an output too, `encoder.0`, `encoder.1` …; `openOnnx` finds it without. */
  readonly attention?: boolean;
}

interface Parts {
  readonly model: FamilyModel;
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly heads: readonly HeadName[];
}

/** What the arrays a model reads are called in exports, as transformers calls them. */
const exportedNames = {
  ids: "input_ids",
  mask: "attention_mask",
  types: "token_type_ids",
  targetIds: "decoder_input_ids",
  targetMask: "decoder_attention_mask",
  pixels: "pixel_values",
} as const satisfies Partial<Record<keyof ModelInputs, string>>;

/** Writes the model at fixed sizes; see `PretrainedModel.exportOnnx`. */
export async function exportModel({ model, weights, heads }: Parts, path: string, options: ExportModelOptions): Promise<void> {
  const { outputs = [], attention = false } = options;
  const missing = outputs.find((output) => !heads.includes(output));
  if (missing !== undefined) {
    throw new RangeError(`exportOnnx: expected outputs out of ${heads.join(", ") || "none"}; got ${missing}`);
  }
  const given = exampleInputs(model, options);
  const program = (parameters: Parameters, inputs: Readonly<Record<string, Traced>>): Record<string, unknown> => {
    const trace = model.run(parameters, inputs);
    const kinds = (["encoder", "decoder", "cross"] as const satisfies AttentionKind[]).filter(() => attention);
    const seen = kinds.flatMap((kind) =>
      attentionOf(trace, kind).map((layer, at) => [`${kind}.${at}`, layer.weights] as const),
    );
    return {
      last_hidden_state: lastHiddenState(model, parameters, trace),
      ...Object.fromEntries(outputs.map((name) => [name, model.heads[name]?.run(parameters, trace)])),
      ...Object.fromEntries(seen),
    };
  };
  await exportOnnx(program, [given], {
    path,
    weights,
    name: "model",
    inputNames: Object.keys(given).map((name) => exportedNames[name as keyof typeof exportedNames]),
  });
}

/** Inputs of the sizes that the file shall take, in the order of their names there. */
function exampleInputs(model: FamilyModel, options: ExportModelOptions): Record<string, Tensor> {
  const { longest = Number.POSITIVE_INFINITY, image } = model;
  const { batch = 1, tokens = Math.min(128, longest), targetTokens = tokens } = options;
  for (const [name, size] of Object.entries({ batch, tokens, targetTokens })) {
    const most = name === "batch" ? Number.POSITIVE_INFINITY : longest;
    if (!Number.isInteger(size) || size < 1 || size > most) {
      throw new RangeError(
        `exportOnnx: expected ${name} of at least 1${most < Infinity ? ` and at most ${most}` : ""}; got ${size}`,
      );
    }
  }
  if (image) {
    const shape = [batch, image.channels, image.height, image.width];
    return { pixels: { shape, dtype: "float32", data: new Float32Array(shape.reduce((x, y) => x * y)) } };
  }
  const ids = (length: number): Tensor => ({
    shape: [batch, length],
    dtype: "int32",
    data: new Int32Array(batch * length),
  });
  const mask = (length: number): Tensor => ({
    shape: [batch, length],
    dtype: "bool",
    data: new Uint8Array(batch * length).fill(1),
  });
  return {
    ids: ids(tokens),
    mask: mask(tokens),
    ...("embeddings.token_type_embeddings.weight" in model.shapes && { types: ids(tokens) }),
    ...(model.kind === "encoder-decoder" && { targetIds: ids(targetTokens), targetMask: mask(targetTokens) }),
  };
}
