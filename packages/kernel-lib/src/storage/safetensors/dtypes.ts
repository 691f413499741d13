/** The element types of safetensors files and what each becomes as a tensor. */
import { decodeBfloat16, decodeFloat16 } from "../../dtypes/float16.js";

/** Every element type of the format, with its size in bits. */
export const safetensorsBits = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

/** An element type of a safetensors file. */
export type SafetensorsDType = keyof typeof safetensorsBits;

/** The numbers of a tensor, in a type that JavaScript has an array for. */
export interface Elements<DType extends string, Data> {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: Data;
}

export type DecodedElements =
  | Elements<"float32", Float32Array>
  | Elements<"int32", Int32Array>
  | Elements<"uint32", Uint32Array>
  | Elements<"bool", Uint8Array>;

/**
 * The bytes of a tensor as a tensor: floats become float32, integers int32 (U32 and U64 uint32), BOOL stays, C64 gets a last axis of 2.
 *
 * `bytes` must be aligned to its elements, as a freshly read array is; it is not copied where the type needs no change.
 *
 * @throws RangeError when a 64-bit integer does not fit into 32 bits, or the type is packed below a byte (F4, F6), whose order of bits
 *   the format leaves open
 */
export function decodeElements(
  name: string,
  dtype: SafetensorsDType,
  shape: readonly number[],
  bytes: Uint8Array,
): DecodedElements {
  const { buffer, byteOffset, byteLength } = bytes;
  const float32 = (data: Float32Array): DecodedElements => ({ shape, dtype: "float32", data });
  const int32 = (data: Int32Array): DecodedElements => ({ shape, dtype: "int32", data });
  switch (dtype) {
    case "F32":
      return float32(new Float32Array(buffer, byteOffset, byteLength / 4));
    case "F16":
      return float32(decodeFloat16(new Uint16Array(buffer, byteOffset, byteLength / 2)));
    case "BF16":
      return float32(decodeBfloat16(new Uint16Array(buffer, byteOffset, byteLength / 2)));
    case "F64":
      return float32(Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8)));
    case "C64":
      return { shape: [...shape, 2], dtype: "float32", data: new Float32Array(buffer, byteOffset, byteLength / 4) };
    case "F8_E4M3":
    case "F8_E5M2":
    case "F8_E8M0":
    case "F8_E4M3FNUZ":
    case "F8_E5M2FNUZ":
      return float32(lookUp(float8(dtype), bytes));
    case "I32":
      return int32(new Int32Array(buffer, byteOffset, byteLength / 4));
    case "I16":
      return int32(Int32Array.from(new Int16Array(buffer, byteOffset, byteLength / 2)));
    case "U16":
      return int32(Int32Array.from(new Uint16Array(buffer, byteOffset, byteLength / 2)));
    case "I8":
      return int32(Int32Array.from(new Int8Array(buffer, byteOffset, byteLength)));
    case "U8":
      return int32(Int32Array.from(bytes));
    case "U32":
      return { shape, dtype: "uint32", data: new Uint32Array(buffer, byteOffset, byteLength / 4) };
    case "I64":
      return int32(narrow(name, Int32Array, new BigInt64Array(buffer, byteOffset, byteLength / 8)));
    case "U64":
      return {
        shape,
        dtype: "uint32",
        data: narrow(name, Uint32Array, new BigUint64Array(buffer, byteOffset, byteLength / 8)),
      };
    case "BOOL":
      return { shape, dtype: "bool", data: Uint8Array.from(bytes, (byte) => Number(byte !== 0)) };
    case "F4":
    case "F6_E2M3":
    case "F6_E3M2":
      throw new RangeError(
        `safetensors: ${name} is ${dtype}, whose packing the format leaves open; take its bytes with readBytes`,
      );
    default:
      throw new TypeError(`safetensors: ${name} has the unknown type ${String(dtype satisfies never)}`);
  }
}

function lookUp(table: Float32Array, codes: Uint8Array): Float32Array {
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = table[codes[i] ?? 0] ?? 0;
  return values;
}

type Float8 = Extract<SafetensorsDType, `F8_${string}`>;

/**
 * Sign, exponent, mantissa: value = ±1.m × 2^(e − bias), or ±0.m × 2^(1 − bias) where e is 0 (OCP 8-bit formats; FNUZ: one zero, one
 * NaN at 0x80, no infinities). E8M0 is an exponent alone.
 */
const float8Formats = {
  F8_E4M3: { mantissaBits: 3, bias: 7 },
  F8_E5M2: { mantissaBits: 2, bias: 15 },
  F8_E4M3FNUZ: { mantissaBits: 3, bias: 8 },
  F8_E5M2FNUZ: { mantissaBits: 2, bias: 16 },
  F8_E8M0: { mantissaBits: 0, bias: 127 },
} as const;

function float8(dtype: Float8): Float32Array {
  const { mantissaBits, bias } = float8Formats[dtype];
  return Float32Array.from({ length: 256 }, (_, code) => {
    if (dtype === "F8_E8M0") return code === 255 ? Number.NaN : 2 ** (code - bias);
    const exponent = (code & 127) >> mantissaBits;
    const mantissa = code & ((1 << mantissaBits) - 1);
    if (dtype.endsWith("FNUZ") && code === 128) return Number.NaN;
    if (dtype === "F8_E4M3" && (code & 127) === 127) return Number.NaN;
    if (dtype === "F8_E5M2" && exponent === 31) return mantissa === 0 ? (code > 127 ? -Infinity : Infinity) : Number.NaN;
    const fraction = mantissa / (1 << mantissaBits);
    const value = exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
    return code > 127 ? -value : value;
  });
}

function narrow<A extends Int32Array | Uint32Array>(
  name: string,
  ArrayType: { new (length: number): A },
  values: BigInt64Array | BigUint64Array,
): A {
  const narrowed = new ArrayType(values.length);
  values.forEach((value, i) => {
    narrowed[i] = Number(value);
    if (BigInt(narrowed[i] ?? 0) !== value) {
      throw new RangeError(
        `safetensors: expected ${name} to fit into 32 bits; got ${value} at [${i}]. Take its bytes with readBytes`,
      );
    }
  });
  return narrowed;
}
