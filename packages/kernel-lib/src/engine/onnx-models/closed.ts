/** Attention that is there but not opened. */
import type { NodeProto } from "onnx-buf";
import type { GraphIndex } from "./graph-index.js";
import { innerGraphs } from "./walk.js";

/** Fused attention that no rule opens. */
const unknown = new Set(
  (
    "DecoderAttention DecoderMaskedMultiHeadAttention DecoderMaskedSelfAttention LinearAttention LongformerAttention " +
    "PackedAttention PackedMultiHeadAttention PagedAttention SparseAttention"
  ).split(" "),
);

/** What is a sign of attention inside the body of a loop or a branch. */
const signs = /Softmax$|Attention$/;

/** Fused nodes that are not known here, by operation, and bodies in which attention may stand. */
export function closedAttention({ graph }: GraphIndex): string[] {
  const fused = graph.node.filter(({ domain, opType }) => domain === "com.microsoft" && unknown.has(opType));
  return [...fused.map(({ opType }) => opType), ...graph.node.filter(hasSigns).map(({ opType }) => `the body of ${opType}`)];
}

const hasSigns = (node: NodeProto): boolean =>
  [...innerGraphs([node])].some((graph) => graph.node.some(({ opType }) => signs.test(opType)));
