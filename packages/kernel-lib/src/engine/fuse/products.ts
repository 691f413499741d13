/** Matrix products with what stands around them: a transposed side, a factor, a bias. */
import { range, reshaped } from "../lower/view.js";
import { real, type Graph, type Value } from "../onnx/graph.js";
import { sizeOf } from "../tensor.js";
import type { Fusion } from "./fuse.js";
import { any, either, given, node, number, type Found, type Pattern } from "./pattern.js";

/** The last two axes exchanged. */
const swapped = (inner: Pattern): Pattern =>
  given(node("Transpose", inner), ({ perm }) => {
    const order = perm as readonly number[];
    const rank = order.length;
    const expected = [...range(rank - 2), rank - 1, rank - 2];
    return rank >= 2 && order.every((axis, i) => axis === expected[i]);
  });

const left = any("left");
const right = any("right");
const product = node("MatMul", left, right);
const products = either(
  node("MatMul", swapped(any("leftSwapped")), swapped(any("rightSwapped"))),
  node("MatMul", left, swapped(any("rightSwapped"))),
  node("MatMul", swapped(any("leftSwapped")), right),
);
const anyProduct = either(products, product);

const isFloat = (found: Found, result: Value): boolean => result.dtype === "float32" && sides(found).length === 2;
const sides = (found: Found): Value[] =>
  ["left", "leftSwapped", "right", "rightSwapped"].flatMap((name) => found.values.get(name) ?? []);

/** x W + b as `Gemm`, which takes W as it lies in memory and adds b while it multiplies. Rows on several axes become one. */
const linear: Fusion = {
  pattern: either(node("Add", anyProduct, any("bias")), products),
  when: (found, result) => {
    const [, weights] = sides(found);
    const { rank } = rows(found);
    const columns = result.shape.at(-1) ?? 1;
    const bias = found.values.get("bias");
    const fits = !bias || (bias.shape.at(-1) === columns && sizeOf(bias.shape) === columns);
    return isFloat(found, result) && weights?.shape.length === 2 && rank >= 2 && fits && sizeOf(result.shape) > 0;
  },
  replace: (graph, found, result) => {
    const { dtype } = result;
    const { swappedLeft, value, count, depth } = rows(found);
    const weights = found.values.get("right") ?? found.value("rightSwapped");
    const bias = found.values.get("bias");
    const columns = result.shape.at(-1) ?? 1;
    const matrix = swappedLeft ? value : reshaped(graph, value, [count, depth]);
    const made = graph.add(
      "Gemm",
      [matrix, weights, ...(bias ? [reshaped(graph, bias, [columns])] : [])],
      { dtype, shape: [count, columns] },
      { ...(swappedLeft && { transA: 1 }), ...(found.values.has("rightSwapped") && { transB: 1 }) },
    );
    return reshaped(graph, made, result.shape);
  },
};

/** The left side as one matrix. A transposed one has two axes already. */
function rows(found: Found): { swappedLeft: boolean; value: Value; rank: number; count: number; depth: number } {
  const swappedSide = found.values.get("leftSwapped");
  const value = swappedSide ?? found.value("left");
  const { shape } = value;
  if (swappedSide) {
    const rank = shape.length === 2 ? 2 : 0;
    return { swappedLeft: true, value, rank, count: shape[1] ?? 1, depth: shape[0] ?? 1 };
  }
  return { swappedLeft: false, value, rank: shape.length, count: sizeOf(shape.slice(0, -1)), depth: shape.at(-1) ?? 1 };
}

/** A batch of products with a factor, or with sides as they lie in memory. ONNX Runtime's own operation. */
const scaled: Fusion = {
  pattern: either(node("Mul", anyProduct, number("factor")), products),
  when: isFloat,
  replace: (graph: Graph, found, result) =>
    graph.add(
      "FusedMatMul",
      sides(found),
      result,
      {
        ...(found.numbers.has("factor") && { alpha: real(found.number("factor")) }),
        ...(found.values.has("leftSwapped") && { transA: 1 }),
        ...(found.values.has("rightSwapped") && { transB: 1 }),
      },
      "com.microsoft",
    ),
};

export const linears: readonly Fusion[] = [linear];
export const scaledProducts: readonly Fusion[] = [scaled];
