/** The rule for the discrete Fourier transform along the last axis. */
import type { Graph, Value } from "../onnx/graph.js";
import { slice } from "./movement.js";
import { input, rule, type Rule } from "./rule.js";
import { dense, reshaped, viewOf } from "./view.js";

/** Real and imaginary parts are separate arrays in the trace, the last axis in ONNX. The inverse is divided by the length in both. */
const fft = rule<{ inverse: boolean }>(({ graph, inputs, params }) => {
  const parts = [input({ inputs }, 0), input({ inputs }, 1)].map((view) => {
    const value = dense(graph, view);
    return reshaped(graph, value, [...value.shape, 1]);
  }) as [Value, Value];
  const { dtype, shape } = parts[0];
  const rank = shape.length;
  const both = { dtype, shape: [...shape.slice(0, -1), 2] };
  const complex = graph.add("Concat", parts, both, { axis: rank - 1 });
  const length = graph.constant("int64", [], BigInt64Array.of(BigInt(shape.at(-2) ?? 1)));
  const axis = graph.constant("int64", [], BigInt64Array.of(BigInt(rank - 2)));
  const result = graph.add("DFT", [complex, length, axis], both, { inverse: params.inverse ? 1 : 0, onesided: 0 });
  return [0, 1].map((part) => viewOf(partOf(graph, result, part)));
});

function partOf(graph: Graph, complex: Value, part: number): Value {
  const axis = complex.shape.length - 1;
  return reshaped(graph, slice(graph, complex, [{ axis, start: part, stop: part + 1 }]), complex.shape.slice(0, -1));
}

export const fourierRules: Readonly<Record<string, Rule>> = { fft };
