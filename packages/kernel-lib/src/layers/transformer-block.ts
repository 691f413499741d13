import { readOptions } from "../checks/read-options.js";
import { multiHead, type MultiHeadAttended, type Projections } from "../attention/index.js";
import type { Random, Tensor } from "../engine/index.js";
import { add, relu, type Traced } from "../engine/ops.js";
import { layerNorm } from "./layer-norm.js";
import { linear } from "./linear.js";

/** The gain and bias of a layer norm. */
export interface NormParameters<Leaf = Traced> {
  readonly gain: Leaf;
  readonly bias: Leaf;
}

/** The weights of a Transformer block; those of cross attention are there in decoders. */
export interface TransformerBlockParameters<Leaf = Traced> {
  readonly attention: Required<Projections<Leaf>>;
  readonly attentionNorm: NormParameters<Leaf>;
  readonly cross?: Required<Projections<Leaf>>;
  readonly crossNorm?: NormParameters<Leaf>;
  /** W₁ [F, width] and b₁ [F], W₂ [width, F] and b₂ [width]: relu(x W₁ᵀ + b₁) W₂ᵀ + b₂ */
  readonly feedForward: { readonly W1: Leaf; readonly b1: Leaf; readonly W2: Leaf; readonly b2: Leaf };
  readonly feedForwardNorm: NormParameters<Leaf>;
}

/** How a block is put together. */
export interface TransformerBlockOptions {
  /** H */
  readonly heads: number;
  /** `post`: norm(x + f(x)), as in the paper; `pre`: x + f(norm(x)), which trains without warm-up (Xiong et al. 2020). */
  readonly norm: "pre" | "post";
  /** Where tokens may look at each other; broadcasts to [B, H, T, T]. */
  readonly mask?: Traced | undefined;
  /** What cross attention looks at, [B, S, width]. */
  readonly memory?: Traced;
  /** Where the memory may be looked at; broadcasts to [B, H, T, S]. */
  readonly memoryMask?: Traced | undefined;
  /** Dropout of each part's output, in training. */
  readonly drop?: (x: Traced) => Traced;
}

/** What a block makes, with its attention. */
export interface TransformerBlockOutput {
  /** [B, T, width] */
  readonly output: Traced;
  readonly attention: MultiHeadAttended;
  readonly cross?: MultiHeadAttended;
}

/**
 * A block of the Transformer on x [B, T, width]: self-attention, in a decoder cross attention, and a feed-forward net, each with a residual
 * and a layer norm.
 *
 * @throws TypeError when shapes do not fit together, or a block with cross attention gets no memory
 * @see Vaswani et al. 2017, "Attention Is All You Need", §3.1
 * @example
 * ```ts
 * import { compile, layers, Random, tensor } from "heed/program";
 * import type { ops } from "heed";
 * const parameters = layers.initialTransformerBlock(new Random(1), { width: 4, feedForwardWidth: 8 });
 * const run = compile((p: layers.TransformerBlockParameters, x: ops.Traced) =>
 *   layers.transformerBlock(p, x, { heads: 2, norm: "post" }).attention.weights);
 * console.log((await run(parameters, tensor([[[1, 0, 0, 1], [0, 1, 1, 0]]]))).shape); // [1, 2, 2, 2] – B, H, Q, K
 * ```
 */
export function transformerBlock(
  parameters: TransformerBlockParameters,
  x: Traced,
  options: TransformerBlockOptions,
): TransformerBlockOutput {
  const { heads, mask, memory, memoryMask } = readOptions("transformerBlock", options, {
    heads: true,
    norm: true,
    mask: true,
    memory: true,
    memoryMask: true,
    drop: true,
  });
  let attention: MultiHeadAttended | undefined;
  const attended = residual(options, parameters.attentionNorm, x, (y) => {
    attention = multiHead(y, y, y, { heads, projections: parameters.attention, mask });
    return attention.output;
  });
  let cross: MultiHeadAttended | undefined;
  const crossed = crossPart(parameters, memory, (projections, norm, seen) =>
    residual(options, norm, attended, (y) => {
      cross = multiHead(y, seen, seen, { heads, projections, mask: memoryMask });
      return cross.output;
    }),
  );
  const output = residual(options, parameters.feedForwardNorm, crossed ?? attended, (y) => feedForward(parameters, y));
  return { output, attention: attention as MultiHeadAttended, ...(cross && { cross }) };
}

/** Runs the cross attention of a block that has one. */
export function crossPart<T>(
  { cross, crossNorm }: TransformerBlockParameters,
  memory: T | undefined,
  run: (projections: Required<Projections<Traced>>, norm: NormParameters, memory: T) => Traced,
): Traced | undefined {
  if (!cross || !crossNorm) return undefined;
  if (memory === undefined) throw new TypeError("transformerBlock: expected a memory for cross attention; got none");
  return run(cross, crossNorm, memory);
}

/** x and what a part makes of it, with the norm before or after. */
export function residual(
  { norm, drop = (y) => y }: Pick<TransformerBlockOptions, "norm" | "drop">,
  { gain, bias }: NormParameters,
  x: Traced,
  part: (x: Traced) => Traced,
): Traced {
  if (norm === "pre") return add(x, drop(part(layerNorm(x, gain, bias))));
  return layerNorm(add(x, drop(part(x))), gain, bias);
}

/** relu(x W₁ᵀ + b₁) W₂ᵀ + b₂ (Vaswani et al. 2017, §3.3). */
export function feedForward({ feedForward: { W1, b1, W2, b2 } }: TransformerBlockParameters, x: Traced): Traced {
  return linear(relu(linear(x, W1, b1)), W2, b2);
}

/** First weights of a block: matrices after Glorot and Bengio (2010), gains 1, biases 0. */
export function initialTransformerBlock(
  random: Random,
  sizes: { readonly width: number; readonly feedForwardWidth: number; readonly hasCross?: boolean },
): TransformerBlockParameters<Tensor> {
  const {
    width,
    feedForwardWidth,
    hasCross = false,
  } = readOptions("initialTransformerBlock", sizes, { width: true, feedForwardWidth: true, hasCross: true });
  const projections = (name: string): Required<Projections<Tensor>> => {
    const of = random.fork(name);
    const [Wq, Wk, Wv, Wo] = ["Wq", "Wk", "Wv", "Wo"].map((matrix) => glorot(of.fork(matrix), width, width)) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const zeros = constant(of, width, 0);
    return { Wq, Wk, Wv, Wo, bq: zeros, bk: zeros, bv: zeros, bo: zeros };
  };
  const norm = (): NormParameters<Tensor> => ({ gain: constant(random, width, 1), bias: constant(random, width, 0) });
  return {
    attention: projections("attention"),
    attentionNorm: norm(),
    ...(hasCross && { cross: projections("cross"), crossNorm: norm() }),
    feedForward: {
      W1: glorot(random.fork("W1"), feedForwardWidth, width),
      b1: constant(random, feedForwardWidth, 0),
      W2: glorot(random.fork("W2"), width, feedForwardWidth),
      b2: constant(random, width, 0),
    },
    feedForwardNorm: norm(),
  };
}

function glorot(of: Random, rows: number, columns: number): Tensor {
  const bound = Math.sqrt(6 / (rows + columns));
  return of.uniform([rows, columns], { low: -bound, high: bound });
}

function constant(of: Random, size: number, value: number): Tensor {
  return of.uniform([size], { low: value, high: value });
}
