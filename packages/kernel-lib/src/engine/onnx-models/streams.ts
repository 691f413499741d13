/**
 * Which stream of vectors a value of the graph belongs to. A stream begins where tokens become vectors (or where vectors come in from
 * outside) and goes on through everything that is computed of it. What attention reads goes on in the stream of its queries: keys and
 * values of another stream do not carry over.
 */
import type { NodeProto } from "onnx-buf";
import type { FoundAttention } from "./find-softmax.js";
import type { GraphIndex } from "./graph-index.js";
import type { GraphInput, InputRole } from "./described.js";

/** What a value has come through; each a set as the bits of a number. */
export interface Stream {
  /** Attention, by its place in the list. */
  readonly attention: bigint;
  /** Tables of embeddings and other beginnings. */
  readonly origins: bigint;
  /** Inputs of the graph, by their place. */
  readonly inputs: bigint;
  /** Indices of tokens, not vectors yet. */
  readonly isIds: boolean;
}

const nothing: Stream = { attention: 0n, origins: 0n, inputs: 0n, isIds: false };

/** Sets are no larger than this; what comes later shares a place. */
export const mostBits = 1024;
export const bitOf = (place: number): bigint => 1n << BigInt(Math.min(place, mostBits - 1));

/** Inputs that say something about tokens but are not what is read. */
const about = new Set<InputRole>([
  "mask",
  "targetMask",
  "memoryMask",
  "positions",
  "types",
  "usePast",
  "lengths",
  "totalLength",
]);

/** Operations whose results are sizes, places or answers, and no vectors of a stream. */
const noData = new Set(
  "Shape Size Equal Greater GreaterOrEqual Less LessOrEqual Not And Or Xor IsNaN IsInf NonZero ArgMax ArgMin TopK Sign".split(
    " ",
  ),
);

/** The stream of every value of the graph, of which nodes are in the order in which they run. */
export function findStreams(
  index: GraphIndex,
  inputs: readonly GraphInput[],
  found: readonly FoundAttention[],
): (value: string) => Stream {
  const streams = new Map<string, Stream>();
  const of = (value: string): Stream => streams.get(value) ?? nothing;
  let origins = 0;
  const origin = (): bigint => bitOf(origins++);
  inputs.forEach(({ name, role, dtype }, place) => {
    if (about.has(role)) return;
    streams.set(name, { attention: 0n, origins: origin(), inputs: bitOf(place), isIds: !dtype.includes("float") });
  });
  const readings = new Map(found.map(({ reading }, i) => [reading, i]));
  const weights = new Map(
    found.flatMap(({ softmax, streams: { query } }) => (softmax === undefined ? [] : [[softmax, query]])),
  );
  for (const node of index.graph.node) {
    const made = streamOf(node, index, of, origin);
    for (const output of node.output) {
      const place = readings.get(output);
      const query = weights.get(output);
      if (place !== undefined) {
        const { query: name } = found[place]?.streams ?? { query: "" };
        const { attention, origins: from, inputs: read } = of(name);
        // queries that are learned begin a stream of their own
        streams.set(output, { attention: attention | bitOf(place), origins: from || origin(), inputs: read, isIds: false });
      } else if (query !== undefined) streams.set(output, of(query));
      else if (made !== nothing) streams.set(output, made);
    }
  }
  return of;
}

function streamOf(node: NodeProto, index: GraphIndex, of: (value: string) => Stream, origin: () => bigint): Stream {
  if (noData.has(node.opType)) return nothing;
  const all = node.input.map(of).filter((stream) => stream !== nothing);
  const [first, ...others] = all;
  if (first === undefined) return nothing;
  const joined = others.reduce(union, first);
  const [table = ""] = node.input;
  const isLookUp = node.opType.startsWith("Gather") && index.isConstant(table);
  if ((isLookUp && joined.isIds) || node.opType === "EmbedLayerNormalization") {
    return { ...joined, origins: origin(), isIds: false };
  }
  return joined;
}

function union(x: Stream, y: Stream): Stream {
  if (x === y) return x;
  return {
    attention: x.attention | y.attention,
    origins: x.origins | y.origins,
    inputs: x.inputs | y.inputs,
    isIds: x.isIds && y.isIds,
  };
}
