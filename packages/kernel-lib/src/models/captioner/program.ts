/**
 * The captioner as programs: convolutions cut a picture into parts, and the decoder of `attention-decoder` looks at parts while it writes.
 *
 * | here | Xu et al. 2015 |
 * |---|---|
 * | `memory` [B, P, M], the parts | annotation vectors a₁ … a_L, §3.1.1 |
 * | `bridge` | h₀ = f_init,h(1/L Σ aᵢ), §3.1.2 |
 * | `weights` [B, T, P] | αₜᵢ, eqs. 4–6, soft attention §4.2 |
 * | `context` [B, T, M] | ẑₜ |
 * | `spread` | λ Σᵢ (1 − Σₜ αₜᵢ)², the doubly stochastic regulariser, eq. 14 |
 *
 * Other than in the paper the convolutions are small and learned along, each part knows its place by a learned vector that is added to it,
 * and the cell is a GRU unless said. As in the net that the paper takes its parts from, the largest of neighbours is kept on the way.
 */
import { ops, type Random, type Tensor, type Traced } from "../../engine/index.js";
import { layerNorm, linear, type ConvolutionParameters } from "../../layers/index.js";
import type { Grid } from "../../vision/parts.js";
import { linearInit, type LinearParameters } from "../linear-init.js";
import {
  firstState,
  initialDecoder,
  teacherForceDecoder,
  type DecoderParameters,
  type DecoderShape,
  type Memory,
  type TeacherForced,
} from "../attention-decoder/program.js";
import { keepAll, type Drop } from "../dropout.js";

/** One convolution: how many channels it makes, the side of its kernel (odd), and how far it moves. */
export interface ConvolutionShape {
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  /** Of `pool` × `pool` neighbours the largest is kept; 1, all of them, unless said. */
  readonly pool?: number;
}

/** What the shapes of the weights depend on. */
export interface CaptionerShape {
  /** Of pictures, in pixels. */
  readonly side: number;
  readonly convolutions: readonly ConvolutionShape[];
  readonly cell: DecoderShape["cell"];
  readonly score: Exclude<DecoderShape["score"], "none">;
  readonly embeddingWidth: number;
  readonly width: number;
  readonly vocabularySize: number;
}

export interface CaptionerParameters<Leaf = Traced> {
  readonly convolutions: readonly ConvolutionParameters<Leaf>[];
  /** [P, M]: what is added to each part for its place */
  readonly places: Leaf;
  readonly norm: { readonly gain: Leaf; readonly bias: Leaf };
  readonly bridge: LinearParameters<Leaf>;
  readonly decoder: DecoderParameters<Leaf>;
}

/** The rows and columns of parts that a picture becomes. */
export function gridOf({ side, convolutions }: Pick<CaptionerShape, "side" | "convolutions">): Grid {
  const parts = convolutions.reduce((size, convolution) => sideAfter(convolution, size), side);
  return [parts, parts];
}

const sideAfter = ({ stride, pool = 1 }: ConvolutionShape, side: number): number => Math.floor(Math.ceil(side / stride) / pool);

const partWidth = ({ convolutions }: CaptionerShape): number => convolutions.at(-1)?.channels ?? 3;

export function captionerDecoder(shape: CaptionerShape): DecoderShape {
  const { cell, score, embeddingWidth, width, vocabularySize } = shape;
  return { cell, score, embeddingWidth, width, memoryWidth: partWidth(shape), vocabularySize };
}

/** Pictures [B, 3, side, side] → parts [B, P, M] and the decoder's first state. */
export function imageFeatures(
  shape: CaptionerShape,
  parameters: CaptionerParameters,
  pictures: Traced,
  drop: Drop = keepAll,
): Memory {
  let x = pictures;
  for (const [i, layer] of shape.convolutions.entries()) {
    x = ops.relu(pooledConvolution(layer, x, parameters.convolutions[i] as ConvolutionParameters));
  }
  const [B = 1, M = 1, rows = 1, columns = 1] = x.shape;
  const parts = ops.swapAxes(ops.reshape(x, [B, M, rows * columns]), 1, 2); // [B, M, rows, columns] → [B, P, M]
  const memory = layerNorm(ops.add(parts, parameters.places), parameters.norm.gain, parameters.norm.bias);
  const { weight, bias } = parameters.bridge;
  const hidden = ops.tanh(linear(ops.mean(memory, 1), weight, bias)); // [B, M] → [B, H]
  return { memory: drop(memory), state: firstState(shape, hidden) };
}

/**
 * A convolution and the largest of each `pool` × `pool` of its results. These are not made and then looked through: the convolution is
 * done once for each place in the pool, with strides so long that it meets every pool once, and the largest is taken of whole arrays.
 */
function pooledConvolution(shape: ConvolutionShape, x: Traced, parameters: ConvolutionParameters): Traced {
  const { kernel, stride, pool = 1 } = shape;
  const strides = stride * pool;
  const paddingFrom = (place: number, side: number): readonly [number, number] => {
    const before = (kernel - 1) / 2 - place * stride;
    return [before, (sideAfter(shape, side) - 1) * strides + kernel - side - before];
  };
  const [, , height = 1, width = 1] = x.shape;
  const places = Array.from({ length: pool * pool }, (_, place) => {
    const padding = [paddingFrom(Math.floor(place / pool), height), paddingFrom(place % pool, width)] as const;
    return ops.convolve(x, parameters.weight, { strides, padding });
  });
  // the bias is the same for all places of a pool: added once, to the largest
  return ops.add(
    places.reduce((largest, other) => ops.maximum(largest, other)),
    ops.expandDims(parameters.bias, [1, 2]),
  );
}

/** Pictures and their captions, padded. */
export interface CaptionBatch<Leaf = Traced> {
  /** float32 [B, 3, side, side], from −1 to 1 */
  readonly pictures: Leaf;
  /** int32 [B, T]: the start mark, then the caption's tokens */
  readonly input: Leaf;
  /** int32 [B, T]: the caption's tokens, then the end mark */
  readonly output: Leaf;
  /** bool [B, T]: true at tokens of `output` */
  readonly mask: Leaf;
}

/** Parts and teacher-forced decoder: everything that is made of a batch. */
export function teacherForceCaptioner(
  shape: CaptionerShape,
  parameters: CaptionerParameters,
  { pictures, input }: Pick<CaptionBatch, "pictures" | "input">,
  drop: Drop = keepAll,
): TeacherForced {
  return teacherForceDecoder(
    captionerDecoder(shape),
    parameters.decoder,
    imageFeatures(shape, parameters, pictures, drop),
    input,
    drop,
  );
}

/** Σᵢ (1 − Σₜ αₜᵢ)², averaged over the batch: small when every part is looked at about once. */
export function spread(weights: Traced, mask: Traced): Traced {
  const written = ops.multiply(weights, ops.expandDims(ops.cast(mask, "float32"), 2)); // [B, T, P]
  return ops.mean(ops.sum(ops.square(ops.subtract(1, ops.sum(written, 1))), 1));
}

/** First weights: uniform like PyTorch's, normal with deviation 0.1 for places. */
export function initialCaptioner(shape: CaptionerShape, random: Random): CaptionerParameters<Tensor> {
  const M = partWidth(shape);
  const [rows, columns] = gridOf(shape);
  const full = (value: number): Tensor => random.fork("norm").uniform([M], { low: value, high: value });
  return {
    convolutions: shape.convolutions.map(({ channels, kernel }, i) => {
      const inputs = i === 0 ? 3 : (shape.convolutions[i - 1]?.channels ?? 3);
      const bound = 1 / Math.sqrt(inputs * kernel * kernel);
      const of = random.fork("convolutions", i);
      return {
        weight: of.fork("weight").uniform([channels, inputs, kernel, kernel], { low: -bound, high: bound }),
        bias: of.fork("bias").uniform([channels], { low: -bound, high: bound }),
      };
    }),
    places: random.fork("places").normal([rows * columns, M], { deviation: 0.1 }),
    norm: { gain: full(1), bias: full(0) },
    bridge: linearInit(random.fork("bridge"), M, shape.width),
    decoder: initialDecoder(captionerDecoder(shape), random.fork("decoder")),
  };
}
