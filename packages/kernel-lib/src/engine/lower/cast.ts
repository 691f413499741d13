/** Element types: conversion of values and constants, and which type a pair of inputs is computed in. */
import { decodeFloat16, toFloat16Bits } from "../../dtypes/float16.js";
import type { ConstantData, ElementType, Graph, Value } from "../onnx/graph.js";
import { dataTypeOf } from "../onnx/serialise.js";
import type { View } from "./view.js";

/** The view with its elements converted; nothing when they have the type already. */
export const cast = (graph: Graph, view: View, dtype: ElementType): View => ({
  ...view,
  base: castValue(graph, view.base, dtype),
});

/** The value with its elements converted. Short constants are converted at once. */
export function castValue(graph: Graph, value: Value, dtype: ElementType): Value {
  if (value.dtype === dtype) return value;
  if (value.constant && value.constant.length <= 1024) {
    return graph.constant(dtype, value.shape, pack(dtype, Array.from(unpack(value.dtype, value.constant), Number)));
  }
  return graph.add("Cast", [value], { dtype, shape: value.shape }, { to: dataTypeOf(dtype) });
}

/** A number of the given type. */
export const scalar = (graph: Graph, dtype: ElementType, number: number): Value =>
  graph.constant(dtype, [], pack(dtype, [number]));

/** Numbers in the form in which constants of a type are held. */
export function pack(dtype: ElementType, numbers: readonly number[]): ConstantData {
  switch (dtype) {
    case "float32":
      return Float32Array.from(numbers);
    case "float64":
      return Float64Array.from(numbers);
    case "float16":
      return Uint16Array.from(numbers, toFloat16Bits);
    case "int32":
      return Int32Array.from(numbers, Math.trunc);
    case "uint32":
      return Uint32Array.from(numbers, Math.trunc);
    case "int64":
      return BigInt64Array.from(numbers, (x) => BigInt(Math.trunc(x)));
    case "uint64":
      return BigUint64Array.from(numbers, (x) => BigInt(Math.trunc(x)));
    case "bool":
      return Uint8Array.from(numbers, (x) => (x === 0 ? 0 : 1));
  }
}

function unpack(dtype: ElementType, data: ConstantData): Iterable<number | bigint> {
  return dtype === "float16" ? decodeFloat16(data as Uint16Array) : data;
}

export const isFloat = (dtype: ElementType): boolean => dtype === "float32" || dtype === "float16" || dtype === "float64";
