/** Element types: conversion of values and constants, and which type a pair of inputs is computed in. */
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
      return Uint16Array.from(numbers, toHalf);
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
  return dtype === "float16" ? Array.from(data as Uint16Array, fromHalf) : data;
}

/** The number as the bits of an IEEE 754 half, rounded to nearest, ties to even. */
export function toHalf(number: number): number {
  const float = new Float32Array([number]);
  const bits = new Uint32Array(float.buffer)[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  const magnitude = Math.abs(float[0] ?? 0);
  if (Number.isNaN(magnitude)) return sign | 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  const step = 2 ** (Math.max(exponent, -14) - 10);
  const units = magnitude / step; // exact: a division by a power of two
  const floor = Math.floor(units);
  const rounded = floor + (units - floor > 0.5 || (units - floor === 0.5 && floor % 2 === 1) ? 1 : 0);
  return sign | (exponent < -14 ? rounded : ((exponent + 14) << 10) + rounded);
}

/** The number that the bits of an IEEE 754 half stand for. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

export const isFloat = (dtype: ElementType): boolean => dtype === "float32" || dtype === "float16" || dtype === "float64";
