import { sizeOf, type Tensor } from "../engine/index.js";
import type { Axis } from "../note/index.js";
import { AttentionMaps, type MapsKind } from "../attention/attention-maps.js";
import { ModelOutput } from "./model-output.js";
import { openSafetensors, type SafetensorsFile, type SafetensorsSource } from "../storage/safetensors/open.js";

const kinds: readonly MapsKind[] = ["self", "encoder", "decoder", "cross"];

/** The kinds of a file: those that every file may hold, and further towers (`self-2`). */
const kindsIn = ({ names }: SafetensorsFile): readonly MapsKind[] => [
  ...kinds,
  ...names.flatMap((name) => (/^((?:self|encoder|decoder)-\d+)\.weights$/.exec(name)?.[1] ?? []) as MapsKind | []),
];

/**
 * Reads attention from a `.safetensors` file: what `look.save` wrote, or what a Python user dumped with numpy and safetensors.
 *
 * The file holds `weights` [L, H, Q, K], or one such for each of `self`, `encoder`, `decoder`, `cross` (`cross.weights` …), and may hold
 * `query`, `keys`, `values` and `scores` beside them; its metadata may hold `tokens` and `targetTokens` as JSON, `text` and `model`.
 *
 * @throws SyntaxError when the file is no safetensors file or its tokens are no JSON; RangeError when it holds no attention, or tokens and
 *   weights differ in number
 * @example
 * ```ts
 * import { loadModel, readAttention } from "heed";
 * const model = await loadModel("models/all-MiniLM-L6-v2");
 * await (await model.attend("The cat sat.")).save("look.safetensors");
 * const look = await readAttention("look.safetensors");
 * console.log(look.weights.shape); // [6, 12, 6, 6]
 * ```
 */
export async function readAttention(source: SafetensorsSource): Promise<ModelOutput> {
  const file = await openSafetensors(source);
  const tokens = readTokens(file, "tokens");
  const target = readTokens(file, "targetTokens");
  const { text, model } = file.metadata;
  const columnsAxis: Axis | undefined = tokens && { tokens, ...(text !== undefined && { text }) };
  const attention: Partial<Record<MapsKind, AttentionMaps>> = {};
  for (const kind of kindsIn(file)) {
    const prefix = file.has(`${kind}.weights`) ? `${kind}.` : kind === "self" && file.has("weights") ? "" : undefined;
    if (prefix === undefined) continue;
    const layers = await readLayers(file, `${prefix}weights`);
    const [Q = 0, K = 0] = layers[0]?.shape.slice(-2) ?? [];
    const isTarget = (kind === "decoder" || kind === "cross") && target !== undefined;
    // Of several towers the tokens are one's: another reads a picture.
    const isTower = file.has(`${kind.replace(/-\d+$/, "")}-2.weights`);
    const source = isTower && columnsAxis?.tokens.length !== K ? undefined : columnsAxis;
    const rows = axisFor(isTarget ? { tokens: target } : source, Q, `rows of ${prefix}weights`);
    const columns = axisFor(kind === "decoder" && isTarget ? { tokens: target } : source, K, `columns of ${prefix}weights`);
    const more: Partial<Record<"query" | "keys" | "values" | "scores", Tensor[]>> = {};
    for (const name of ["query", "keys", "values", "scores"] as const) {
      if (file.has(`${prefix}${name}`)) more[name] = await readLayers(file, `${prefix}${name}`);
    }
    const [heads = 1] = layers[0]?.shape ?? [];
    attention[kind] = new AttentionMaps({
      kind,
      layers: layers.map((_, layer) => layer),
      heads: Array.from({ length: heads }, (_, head) => head),
      rows,
      columns,
      weights: layers,
      ...more,
      ...(model !== undefined && { model }),
    });
  }
  const [first] = Object.values(attention);
  if (first === undefined) {
    throw new RangeError(
      `readAttention: expected weights [L, H, Q, K], or encoder.weights, decoder.weights, cross.weights; the file holds ${file.names.slice(0, 5).join(", ") || "nothing"}`,
    );
  }
  return new ModelOutput({
    attention,
    tokens: columnsAxis ?? first.columns,
    ...(target && { targetTokens: { tokens: target } }),
    truncated: 0,
    outputs: {},
  });
}

/** [L, H, …] as one tensor for each layer; without an axis of layers, one layer. */
async function readLayers(file: SafetensorsFile, name: string): Promise<Tensor[]> {
  const whole = await file.read(name);
  const shape = whole.shape.length === 3 ? [1, ...whole.shape] : whole.shape;
  if (shape.length !== 4 || whole.dtype !== "float32") {
    throw new RangeError(
      `readAttention: expected ${name} to be numbers [L, H, Q, K]; got ${whole.dtype} [${whole.shape.join(", ")}]`,
    );
  }
  const [layers = 0, ...rest] = shape;
  const size = sizeOf(rest);
  return Array.from({ length: layers }, (_, layer) => ({
    shape: rest,
    dtype: "float32",
    data: whole.data.subarray(layer * size, (layer + 1) * size) as Float32Array,
  }));
}

function readTokens(file: SafetensorsFile, name: string): string[] | undefined {
  const json = file.metadata[name];
  if (json === undefined) return undefined;
  try {
    const tokens: unknown = JSON.parse(json);
    if (Array.isArray(tokens) && tokens.every((token) => typeof token === "string")) return tokens;
  } catch {
    // told below, like any other text that is no list
  }
  throw new SyntaxError(`readAttention: expected ${name} in the metadata to be a JSON list of texts; got ${json.slice(0, 40)}`);
}

function axisFor(axis: Axis | undefined, size: number, name: string): Axis {
  if (axis === undefined) return { tokens: Array.from({ length: size }, (_, i) => `${i}`) };
  if (axis.tokens.length === size) return axis;
  throw new RangeError(`readAttention: expected a token for each of the ${size} ${name}; got ${axis.tokens.length}`);
}
