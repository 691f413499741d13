/** The models of the training benchmark; bench/peers/training.py has the same in PyTorch, with the same first weights. */
import { layers, multiHead, ops, scan, tensor, type Tensor, training } from "heed/program";

type Traced = ops.Traced;
type Named<Leaf> = Readonly<Record<string, Leaf>>;

/** Numbers that look random and are the same in Python. `salt` tells arrays apart. */
export function numbers(shape: readonly number[], salt: number, scale: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * salt) * scale);
  return tensor(data, shape);
}

/** Token ids, the same in Python. */
export function tokens(shape: readonly number[], salt: number, vocabulary: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Int32Array.from({ length: size }, (_, i) => (i * 7919 + i * i * 31 + salt * 104_729) % vocabulary),
    shape,
  );
}

/** Weights drawn in the order of the shapes. */
const weights = (shapes: Readonly<Record<string, readonly number[]>>, scale: number): Named<Tensor> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, numbers(shape, i + 1, scale)]));

export interface Pair {
  /** int32 [B, T] */
  readonly source: Traced;
  readonly target: Traced;
}

export interface Sizes {
  readonly vocabulary: number;
  readonly width: number;
  readonly length: number;
  readonly batch: number;
}

/** A GRU reads the source, another writes the target and attends to all states of the first (scores are products). */
export function translator({ vocabulary: V, width: H }: Sizes): training.Model<Named<Traced>, Pair> {
  const E = H / 2;
  const shapes = {
    embedding: [V, E],
    "encoder.inputWeight": [3 * H, E],
    "encoder.stateWeight": [3 * H, H],
    "encoder.inputBias": [3 * H],
    "encoder.stateBias": [3 * H],
    "decoder.inputWeight": [3 * H, E + H],
    "decoder.stateWeight": [3 * H, H],
    "decoder.inputBias": [3 * H],
    "decoder.stateBias": [3 * H],
    "output.weight": [V, 2 * H],
    "output.bias": [V],
  };
  return {
    parameters: weights(shapes, 0.1),
    loss(p, { source, target }) {
      const of = (name: string): Traced => p[name] as Traced;
      const gruOf = (name: string): layers.GruParameters => ({
        inputWeight: of(`${name}.inputWeight`),
        stateWeight: of(`${name}.stateWeight`),
        inputBias: of(`${name}.inputBias`),
        stateBias: of(`${name}.stateBias`),
      });
      const [B = 1, T = 1] = target.shape;
      const { outputs: memory, last } = layers.gru(gruOf("encoder"), layers.embedding(of("embedding"), source)); // [B, T, H]
      const written = layers.embedding(of("embedding"), ops.slice(target, 0, T - 1, 1)); // [B, T − 1, E]
      const step = ({ state, context }: { state: Traced; context: Traced }, input: Traced) => {
        const next = layers.gruStep(gruOf("decoder"), ops.concatenate([input, context], 1), state); // [B, H]
        const scores = ops.matmul(memory, ops.expandDims(next, 2)); // [B, T, 1]
        const found = ops.matmul(ops.swapAxes(ops.softmax(scores, 1), 1, 2), memory); // [B, 1, H]
        const read = ops.squeeze(found, 1);
        return [{ state: next, context: read }, ops.concatenate([next, read], 1)] as const;
      };
      const start = { state: last, context: ops.zeros([B, H]) };
      const [, read] = scan(step, start, ops.swapAxes(written, 0, 1)); // [T − 1, B, 2H]
      const logits = layers.linear(read, of("output.weight"), of("output.bias"));
      const wanted = ops.swapAxes(ops.slice(target, 1, T, 1), 0, 1);
      return training.crossEntropy(logits, wanted);
    },
  };
}

const ones = ({ shape, data, dtype }: Tensor): Tensor => ({ shape, dtype, data: new Float32Array(data.length).fill(1) });

/** A Transformer as in the paper: norms after the sums, relu, two layers each way, sinusoids left out on both sides. */
export function transformer(
  { vocabulary: V, width: W }: Sizes,
  heads: number,
  depth: number,
): training.Model<Named<Traced>, Pair> {
  const attention = (name: string): [string, readonly number[]][] =>
    ["q", "k", "v", "o"].flatMap((role): [string, readonly number[]][] => [
      [`${name}.W${role}`, [W, W]],
      [`${name}.b${role}`, [W]],
    ]);
  const norm = (name: string): [string, readonly number[]][] => [
    [`${name}.gain`, [W]],
    [`${name}.bias`, [W]],
  ];
  const feedForward = (name: string): [string, readonly number[]][] => [
    [`${name}.in.weight`, [4 * W, W]],
    [`${name}.in.bias`, [4 * W]],
    [`${name}.out.weight`, [W, 4 * W]],
    [`${name}.out.bias`, [W]],
  ];
  const shapes = Object.fromEntries<readonly number[]>([
    ["embedding", [V, W]],
    ...Array.from({ length: depth }, (_, i) => `encoder.${i}`).flatMap((layer) => [
      ...attention(`${layer}.self`),
      ...norm(`${layer}.norm1`),
      ...feedForward(`${layer}.feed`),
      ...norm(`${layer}.norm2`),
    ]),
    ...Array.from({ length: depth }, (_, i) => `decoder.${i}`).flatMap((layer) => [
      ...attention(`${layer}.self`),
      ...norm(`${layer}.norm1`),
      ...attention(`${layer}.cross`),
      ...norm(`${layer}.norm2`),
      ...feedForward(`${layer}.feed`),
      ...norm(`${layer}.norm3`),
    ]),
    ["output.weight", [V, W]],
    ["output.bias", [V]],
  ]);
  const drawn = weights(shapes, 0.1);
  return {
    parameters: Object.fromEntries(Object.entries(drawn).map(([name, w]) => [name, name.endsWith(".gain") ? ones(w) : w])),
    loss(p, { source, target }) {
      const of = (name: string): Traced => p[name] as Traced;
      const T = target.shape[1] ?? 1;
      const causal = ops.constant(
        tensor(Array.from({ length: T - 1 }, (_, q) => Array.from({ length: T - 1 }, (_, k) => k <= q))),
      );
      const attend = (name: string, query: Traced, keys: Traced, mask?: Traced): Traced => {
        const roles = ["q", "k", "v", "o"];
        const projections = Object.fromEntries(
          roles.flatMap((role) => [
            [`W${role}`, of(`${name}.W${role}`)],
            [`b${role}`, of(`${name}.b${role}`)],
          ]),
        );
        return multiHead(query, keys, keys, { heads, projections, mask }).output;
      };
      const addAndNorm = (name: string, x: Traced, y: Traced): Traced =>
        layers.layerNorm(ops.add(x, y), of(`${name}.gain`), of(`${name}.bias`));
      const feed = (name: string, x: Traced): Traced =>
        layers.linear(
          ops.relu(layers.linear(x, of(`${name}.in.weight`), of(`${name}.in.bias`))),
          of(`${name}.out.weight`),
          of(`${name}.out.bias`),
        );
      let memory = layers.embedding(of("embedding"), source); // [B, T, W]
      for (let i = 0; i < depth; i++) {
        memory = addAndNorm(`encoder.${i}.norm1`, memory, attend(`encoder.${i}.self`, memory, memory));
        memory = addAndNorm(`encoder.${i}.norm2`, memory, feed(`encoder.${i}.feed`, memory));
      }
      let x = layers.embedding(of("embedding"), ops.slice(target, 0, T - 1, 1));
      for (let i = 0; i < depth; i++) {
        x = addAndNorm(`decoder.${i}.norm1`, x, attend(`decoder.${i}.self`, x, x, causal));
        x = addAndNorm(`decoder.${i}.norm2`, x, attend(`decoder.${i}.cross`, x, memory));
        x = addAndNorm(`decoder.${i}.norm3`, x, feed(`decoder.${i}.feed`, x));
      }
      const logits = layers.linear(x, of("output.weight"), of("output.bias"));
      return training.crossEntropy(logits, ops.slice(target, 1, T, 1));
    },
  };
}
