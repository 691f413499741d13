/**
 * Finds attention in a graph of plain operations: a softmax whose output is multiplied with values, and whose input comes
 * from a product of queries and keys. Masks, scales, casts, transposes, reshapes and quantisation may stand between.
 */
import type { NodeProto } from "onnx-buf";
import { integer, text } from "./attributes.js";
import type { GraphIndex } from "./graph-index.js";

/** A value of the graph, and what has to be done to read it as numbers. */
export interface Exposed {
  readonly value: string;
  /** Set where the value is quantised: the names of its scale and zero point. */
  readonly quantised?: { readonly scale: string; readonly zeroPoint: string };
}

/** One attention in a graph. */
export interface FoundAttention {
  /** The operation its weights come from. */
  readonly operation: string;
  /** The name of the node, which exporters make of the module's path. */
  readonly node: string;
  /** [B, H, Q, K], or [B·H, Q, K] where the exporter folded the heads. */
  readonly weights: Exposed;
  readonly query?: Exposed;
  readonly keys?: Exposed;
  readonly values?: Exposed;
  /** What the softmax itself gives, where there is one. */
  readonly softmax?: string;
  /** What was read with the weights. */
  readonly reading: string;
  /** Values of the streams that queries and keys are of. */
  readonly streams: { readonly query: string; readonly keys: string };
  /** Keys as [D, K], as they enter the product. */
  readonly keysTransposed: boolean;
}

/** Products of two values, with the places of their two factors among the inputs. */
const products: Readonly<Record<string, readonly [number, number]>> = {
  MatMul: [0, 1],
  Gemm: [0, 1],
  Einsum: [0, 1],
  FusedMatMul: [0, 1],
  TransposeMatMul: [0, 1],
  MatMulInteger: [0, 1],
  MatMulIntegerToFloat: [0, 1],
  QLinearMatMul: [0, 3],
};

/** What may stand between the softmax and the product with the values; the weights stay what they are. */
const afterSoftmax = new Set(
  (
    "Cast Identity Dropout Reshape Transpose Squeeze Unsqueeze Expand Where Mul Slice " +
    "QuantizeLinear DequantizeLinear DynamicQuantizeLinear"
  ).split(" "),
);
/** Of these, those that change the weights themselves: NaN to 0, a mask of heads. */
const changesWeights = new Set(["Where", "Mul", "Slice"]);

/** What may stand between the product of queries and keys and the softmax. */
const beforeSoftmax = new Set(
  (
    "Add Sub Mul Div Where Cast Identity Dropout Clip Max Min Tanh Concat Slice Trilu Reshape Transpose Squeeze Unsqueeze " +
    "Expand QuantizeLinear DequantizeLinear DynamicQuantizeLinear QLinearAdd QLinearMul"
  ).split(" "),
);

const farthest = 16;

/** Steps for all of a graph: some hundred for each softmax are usual, and graphs can be made in which each is near to all nodes. */
const mostSteps = 5_000_000;

/** @throws RangeError when the graph is too entangled to be looked through */
export function findSoftmaxAttention(index: GraphIndex): FoundAttention[] {
  const found: FoundAttention[] = [];
  let steps = 0;
  const step = (): void => {
    if (++steps > mostSteps)
      throw new RangeError("openOnnx: expected a graph with less between its softmaxes and their products");
  };
  for (const node of index.graph.node) {
    if (!isSoftmax(index, node)) continue;
    const output = node.output[0] ?? "";
    const made = scoresOf(index, node);
    const scores = findScores(index, made, step, false) ?? findScores(index, made, step, true);
    const reading = findReading(index, output, step, scores !== undefined);
    if (reading === undefined) continue;
    const isQuantised = node.opType === "QLinearSoftmax" && reading.weights === output;
    const { query, keys } = factors(index, scores);
    found.push({
      operation: node.opType,
      node: node.name,
      weights: isQuantised ? quantisedOutput(node, output) : { value: reading.weights },
      softmax: output,
      reading: reading.output,
      // without a product to be seen, both are what the scores are made of
      streams: { query: query?.value ?? made, keys: keys?.value ?? made },
      ...(query && { query }),
      ...(keys && { keys }),
      ...(reading.values !== undefined && { values: reading.values }),
      keysTransposed: scores !== undefined && keysAreTransposed(scores),
    });
  }
  return found;
}

/** Softmax over the last axis, also where it is spelled out as exp(x) / Σ exp(x). */
function isSoftmax(index: GraphIndex, node: NodeProto): boolean {
  if (node.opType === "Softmax") return true;
  if (node.opType === "QLinearSoftmax") return true;
  if (node.opType !== "Div") return false;
  const [numerator = "", denominator = ""] = node.input;
  const sum = index.producer(denominator);
  return index.producer(numerator)?.opType === "Exp" && sum?.opType === "ReduceSum" && sum.input[0] === numerator;
}

/** The scores that a softmax reads: behind the exponential and the maximum where it is spelled out. */
function scoresOf(index: GraphIndex, node: NodeProto): string {
  const input = node.input[0] ?? "";
  if (node.opType !== "Div") return input;
  const exponent = index.producer(input)?.input[0] ?? "";
  const shifted = index.producer(exponent);
  const isShifted = shifted?.opType === "Sub" && index.producer(shifted.input[1] ?? "")?.opType === "ReduceMax";
  return isShifted ? (shifted.input[0] ?? "") : exponent;
}

const quantisedOutput = (node: NodeProto, value: string): Exposed => ({
  value,
  quantised: { scale: node.input[3] ?? "", zeroPoint: node.input[4] ?? "" },
});

/** What is read with some weights. */
interface Reading {
  readonly weights: string;
  readonly values?: Exposed;
  /** The product of both. */
  readonly output: string;
}

/** Follows the weights forward to the product with the values. These may be constants where the scores are known to be scores. */
function findReading(index: GraphIndex, softmax: string, visit: () => void, isScored: boolean): Reading | undefined {
  // `upright` until the weights are transposed
  let paths = [{ value: softmax, weights: softmax, upright: true }];
  const seen = new Set([softmax]);
  for (let step = 0; step < farthest && paths.length > 0; step++) {
    const next: typeof paths = [];
    for (const { value, weights, upright } of paths) {
      for (const node of index.consumers(value)) {
        visit();
        const factorsOfNode = placesOf(node)?.map((place) => node.input[place] ?? "");
        const output = node.output[0] ?? "";
        if (factorsOfNode) {
          const other = factorsOfNode.find((factor) => factor !== value);
          const isRead = other !== undefined && (!index.isConstant(other) || (isScored && isVectors(index, other)));
          if (isRead && factorsOfNode.includes(value)) {
            const values = exposeFactor(index, node, other);
            return { weights, output, ...(values && { values }) };
          }
        } else if (isMovement(node, afterSoftmax) && !seen.has(output)) {
          seen.add(output);
          next.push({
            value: output,
            weights: changesWeights.has(node.opType) && upright ? output : weights,
            upright: upright && node.opType !== "Transpose" && node.opType !== "Einsum",
          });
        }
      }
    }
    paths = next;
  }
  return undefined;
}

/** The places of a product's two factors. */
const placesOf = (node: NodeProto): readonly [number, number] | undefined =>
  node.opType === "Einsum" && node.input.length < 2 ? undefined : products[node.opType];

/** Whether a node is one of those, or an Einsum of one input, which moves axes. */
const isMovement = (node: NodeProto, known: ReadonlySet<string>): boolean =>
  known.has(node.opType) || (node.opType === "Einsum" && node.input.length === 1);

/** Whether a constant has an axis of heads or of examples, as learned queries have and the matrix of a layer has not. */
const isVectors = (index: GraphIndex, constant: string): boolean => (index.rank(constant) ?? 0) > 2;

/**
 * Follows the scores back to the nearest product of two values that both change from run to run; or, where constants are looked at too, may be
 * learned queries and keys.
 */
function findScores(index: GraphIndex, scores: string, visit: () => void, constants: boolean): NodeProto | undefined {
  const throughConstants = constants && index.isConstant(scores);
  const isFactor = (value: string): boolean => !index.isConstant(value) || (constants && isVectors(index, value));
  let values = [scores];
  const seen = new Set(values);
  for (let step = 0; step < farthest && values.length > 0; step++) {
    const next: string[] = [];
    for (const value of values) {
      const node = index.producer(value);
      if (node === undefined || (!throughConstants && index.isConstant(value))) continue;
      const places = placesOf(node);
      if (places) {
        if (places.every((place) => isFactor(node.input[place] ?? ""))) return node;
      } else if (isMovement(node, beforeSoftmax)) {
        for (const input of node.input) {
          visit();
          if (input === "" || seen.has(input)) continue;
          seen.add(input);
          next.push(input);
        }
      }
    }
    values = next;
  }
  return undefined;
}

function factors(index: GraphIndex, product: NodeProto | undefined): { query?: Exposed; keys?: Exposed } {
  const places = product && placesOf(product);
  if (!product || !places) return {};
  const [query, keys] = places.map((place) => exposeFactor(index, product, product.input[place] ?? ""));
  return { ...(query && { query }), ...(keys && { keys }) };
}

/** A factor of a product as numbers: before it was quantised, or with the scale to undo that. */
function exposeFactor(index: GraphIndex, product: NodeProto, factor: string): Exposed | undefined {
  let value = factor;
  for (let step = 0; step < farthest; step++) {
    const node = index.producer(value);
    if (node === undefined || !/^(Dynamic)?QuantizeLinear$/.test(node.opType)) break;
    value = node.input[0] ?? "";
  }
  if (value !== factor) return { value };
  if (product.opType === "QLinearMatMul") {
    const first = product.input[0] === factor ? 1 : 4;
    return { value, quantised: { scale: product.input[first] ?? "", zeroPoint: product.input[first + 1] ?? "" } };
  }
  return product.opType.startsWith("MatMulInteger") ? undefined : { value };
}

function keysAreTransposed(product: NodeProto): boolean {
  if (product.opType === "Einsum") {
    const [inputs = "", output = ""] = (text(product, "equation") ?? "").replaceAll(" ", "").split("->");
    const [, keys = ""] = inputs.split(",");
    return keys.at(-1) === output.at(-1); // the last letter of the output is K; keys [.., D, K] end in it
  }
  return integer(product, "transB", 0) === 0;
}
