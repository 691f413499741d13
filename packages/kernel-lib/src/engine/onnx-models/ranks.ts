/** How many axes values have, as far as operations tell. */
import type { NodeProto, TensorProto } from "onnx-buf";
import { integer, integers } from "./attributes.js";

/** Operations that keep the number of axes of their first input. */
const keep = new Set(
  (
    "Cast CastLike Identity QuantizeLinear DequantizeLinear Dropout Softmax LogSoftmax Slice Tile Trilu Neg Abs Exp Sqrt Tanh Relu " +
    "Sigmoid Erf Gelu Clip Not LayerNormalization Concat"
  ).split(" "),
);
/** Operations that broadcast their inputs against each other. */
const broadcast = new Set("Add Sub Mul Div Pow Where And Or Equal Greater GreaterOrEqual Less LessOrEqual Max Min".split(" "));

/**
 * The number of axes of what a node makes first; undefined where it cannot be known.
 *
 * @param rank of what is known so far
 */
export function rankOf(
  node: NodeProto,
  rank: (value: string) => number | undefined,
  constant: (value: string) => TensorProto | undefined,
): number | undefined {
  const [first = "", second = ""] = node.input;
  const { opType } = node;
  if (keep.has(opType)) return rank(first);
  if (broadcast.has(opType)) return most(node.input.map(rank));
  switch (opType) {
    case "Transpose":
      return integers(node, "perm")?.length ?? rank(first);
    case "MatMul":
      return Math.min(rank(first) ?? 0, rank(second) ?? 0) < 2 ? undefined : most([rank(first), rank(second)]);
    case "Reshape":
      return lengthOf(constant(second));
    case "Expand":
      return most([rank(first), lengthOf(constant(second))]);
    case "Unsqueeze": {
      const axes = integers(node, "axes")?.length ?? lengthOf(constant(second));
      const inner = rank(first);
      return axes === undefined || inner === undefined ? undefined : inner + axes;
    }
    case "ReduceSum": {
      const inner = rank(first);
      if (integer(node, "keepdims", 1) !== 0) return inner;
      const axes = integers(node, "axes")?.length ?? lengthOf(constant(second));
      // lengths are sums over the tokens of a mask, of which the file may not say how many axes it has
      return inner === undefined || axes === undefined ? 1 : inner - axes;
    }
    default:
      return undefined;
  }
}

/** The largest of them, if all are known. */
const most = (ranks: readonly (number | undefined)[]): number | undefined =>
  ranks.reduce((largest, each) => (largest === undefined || each === undefined ? undefined : Math.max(largest, each)), 0);

/** How many numbers a constant list holds. */
const lengthOf = (list: TensorProto | undefined): number | undefined => list && Number(list.dims[0] ?? 1);
