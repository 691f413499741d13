/** Rules for the bits of numbers, and for random ones. */
import type { ElementType, Graph } from "../onnx/graph.js";
import { sizeOf } from "../tensor.js";
import { cast, scalar } from "./cast.js";
import { apply } from "./elementwise.js";
import { dataTypeOf } from "../onnx/serialise.js";
import { input, output, rule, type Rule } from "./rule.js";
import { range, reshape, reshaped, viewOf, withRepeated, type View } from "./view.js";

const number = (graph: Graph, dtype: ElementType, value: number): View => ({
  base: scalar(graph, dtype, value),
  shape: [],
  axes: [],
});

const combine = rule<{ op: "and" | "or" | "xor" }>(({ graph, inputs, outputs, params }) => {
  const { dtype } = output({ outputs });
  const op = { and: "And", or: "Or", xor: "Xor" }[params.op];
  const views = inputs.map((view) => cast(graph, view, dtype));
  return apply(graph, dtype === "bool" ? op : `Bitwise${op}`, views, dtype);
});

/** Shifts by 0 to 31 places; zeros come in on either side, for signed numbers too, as in jax-js. */
const shift = rule<{ op: "shl" | "shr" }>(({ graph, inputs, outputs, params }) => {
  const { dtype } = output({ outputs });
  const [x, places] = [input({ inputs }, 0), input({ inputs }, 1)];
  const direction = params.op === "shl" ? "LEFT" : "RIGHT";
  return cast(graph, shifted(graph, cast(graph, x, "uint32"), cast(graph, places, "uint32"), direction), dtype);
});

const shifted = (graph: Graph, x: View, places: View, direction: "LEFT" | "RIGHT"): View =>
  apply(graph, "BitShift", [x, places], "uint32", { direction });

/** How many bits are 1: neighbours are added in fields of 2, 4 and 8 bits, and the fields by one product. */
const count = rule(({ graph, inputs }) => {
  const at = (value: number): View => number(graph, "uint32", value);
  const op = (name: string, x: View, y: View): View => apply(graph, name, [x, y], "uint32");
  const right = (x: View, places: number): View => shifted(graph, x, at(places), "RIGHT");
  const bits = cast(graph, input({ inputs }, 0), "uint32");
  const pairs = op("Sub", bits, op("BitwiseAnd", right(bits, 1), at(0x55555555)));
  const fours = op("Add", op("BitwiseAnd", pairs, at(0x33333333)), op("BitwiseAnd", right(pairs, 2), at(0x33333333)));
  const bytes = op("BitwiseAnd", op("Add", fours, right(fours, 4)), at(0x0f0f0f0f));
  return cast(graph, right(op("Mul", bytes, at(0x01010101)), 24), "int32");
});

const bitcast = rule<{ dtype: ElementType }>(({ graph, inputs, params }) => {
  const x = input({ inputs }, 0);
  const { base } = x;
  if (base.dtype === params.dtype) return x;
  const kind = { dtype: params.dtype, shape: base.shape };
  return { ...x, base: graph.add("BitCast", [base], kind, { to: dataTypeOf(params.dtype) }) };
});

/** After which rounds of Threefry the key is mixed in again, and by how many places each round rotates. */
const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/**
 * Random bits by Threefry-2×32 with 20 rounds (Salmon et al. 2011), bit for bit as jax-js makes them: the counter of an element is
 * its place, the key is given.
 */
const randomBits = rule<{ shape: number[]; mode: "xor" | 0 | 1 }>(({ graph, inputs, params }) => {
  const { shape, mode } = params;
  const keyRank = input({ inputs }, 0).shape.length;
  const elements = sizeOf(shape.slice(keyRank));
  const bounds = [0, elements, 1].map((value) => scalar(graph, "int64", value));
  const places = graph.add("Range", bounds, { dtype: "int64", shape: [elements] });
  const counters = cast(graph, viewOf(reshaped(graph, places, shape.slice(keyRank))), "uint32");
  const [key0, key1] = inputs.map((key) => withRepeated(key, shape, range(keyRank, shape.length))) as [View, View];
  const op = (name: string, x: View, y: View): View => apply(graph, name, [x, y], "uint32");
  const at = (value: number): View => number(graph, "uint32", value);
  const rotated = (x: View, places_: number): View =>
    op("BitwiseOr", shifted(graph, x, at(places_), "LEFT"), shifted(graph, x, at(32 - places_), "RIGHT"));

  const keys = [key0, key1, op("BitwiseXor", op("BitwiseXor", key0, key1), at(0x1bd11bda))];
  const key = (i: number): View => keys[i % 3] as View;
  let first = key0; // the high half of the counter is 0
  let second = op("Add", counters, key1);
  for (let group = 0; group < 5; group++) {
    for (const places_ of rotations[group % 2] ?? []) {
      first = op("Add", first, second);
      second = op("BitwiseXor", rotated(second, places_), first);
    }
    first = op("Add", first, key(group + 1));
    second = op("Add", second, op("Add", key(group + 2), at(group + 1)));
  }
  const bits = mode === "xor" ? op("BitwiseXor", first, second) : mode === 0 ? first : second;
  return reshape(graph, bits, shape);
});

export const bitRules: Readonly<Record<string, Rule>> = {
  bit_combine: combine,
  bit_shift: shift,
  bit_count: count,
  bitcast,
  random_bits: randomBits,
};
