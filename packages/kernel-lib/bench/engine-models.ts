/** The programs that the engine is measured with, written over the public operations. */
import { ops, type Tensor } from "heed";

type Traced = ops.Traced;
export type Weights = Readonly<Record<string, Traced>>;

/** softmax(Q Kᵀ / √D) V for heads that are apart already: [H, T, D]. */
export function attention(query: Traced, keys: Traced, values: Traced): { weights: Traced; output: Traced } {
  const scores = ops.multiply(ops.matmul(query, ops.swapAxes(keys, -1, -2)), 1 / Math.sqrt(query.shape.at(-1) ?? 1));
  const weights = ops.softmax(scores, -1);
  return { weights, output: ops.matmul(weights, values) };
}

const heads = 12;
const layers = 6;

const parameter = (weights: Weights, name: string): Traced => {
  const found = weights[name];
  if (!found) throw new Error(`bench: the checkpoint lacks ${name}`);
  return found;
};

const linear = (weights: Weights, name: string, x: Traced): Traced =>
  ops.add(ops.matmul(x, ops.transpose(parameter(weights, `${name}.weight`))), parameter(weights, `${name}.bias`));

function norm(weights: Weights, name: string, x: Traced): Traced {
  const centred = ops.subtract(x, ops.mean(x, -1, { keepdims: true }));
  const deviation = ops.sqrt(ops.add(ops.mean(ops.square(centred), -1, { keepdims: true }), 1e-12));
  const normal = ops.divide(centred, deviation);
  return ops.add(ops.multiply(normal, parameter(weights, `${name}.weight`)), parameter(weights, `${name}.bias`));
}

/** MiniLM (BERT with 6 layers): ids [B, T] → the last hidden state and the attention of every layer. */
export function minilm(weights: Weights, ids: Traced): { hidden: Traced; attention: Traced[] } {
  const [batch = 1, tokens = 1] = ids.shape;
  const split = (x: Traced): Traced => ops.transpose(ops.reshape(x, [batch, tokens, heads, -1]), [0, 2, 1, 3]);
  const words = ops.take(parameter(weights, "embeddings.word_embeddings.weight"), ids, 0);
  const positions = ops.slice(parameter(weights, "embeddings.position_embeddings.weight"), 0, tokens, 0);
  const type = ops.slice(parameter(weights, "embeddings.token_type_embeddings.weight"), 0, 1, 0);
  let x = norm(weights, "embeddings.LayerNorm", ops.add(ops.add(words, positions), type));
  const all: Traced[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const at = `encoder.layer.${layer}`;
    const [query, keys, values] = ["query", "key", "value"].map((part) =>
      split(linear(weights, `${at}.attention.self.${part}`, x)),
    );
    const made = attention(query as Traced, keys as Traced, values as Traced);
    all.push(made.weights);
    const merged = ops.reshape(ops.transpose(made.output, [0, 2, 1, 3]), x.shape);
    x = norm(weights, `${at}.attention.output.LayerNorm`, ops.add(x, linear(weights, `${at}.attention.output.dense`, merged)));
    const inner = ops.gelu(linear(weights, `${at}.intermediate.dense`, x));
    x = norm(weights, `${at}.output.LayerNorm`, ops.add(x, linear(weights, `${at}.output.dense`, inner)));
  }
  return { hidden: x, attention: all };
}

/** The products with matrices that MiniLM makes of its tokens, and nothing else: what its time cannot go below. */
export function products(weights: Weights, x: Traced): Traced {
  const names = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"];
  const all = [...names, "intermediate.dense", "output.dense"];
  for (let layer = 0; layer < layers; layer++) {
    for (const name of all) x = ops.matmul(x, ops.transpose(parameter(weights, `encoder.layer.${layer}.${name}.weight`)));
  }
  return x;
}

/** Numbers in [-1, 1). */
export const random = (...shape: number[]): Tensor => ({
  shape,
  dtype: "float32",
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.random() * 2 - 1),
});
