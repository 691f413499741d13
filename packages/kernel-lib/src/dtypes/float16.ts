/** Half precision: IEEE 754 binary16, and bfloat16, which is the upper half of a float32. */

const bits32 = new Uint32Array(1);
const float32 = new Float32Array(bits32.buffer);

/** The nearest half-precision number (ties to even) as its 16 bits; beyond ±65,504 it is infinite. */
export function toFloat16Bits(value: number): number {
  float32[0] = value;
  const bits = bits32[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 255) - 112;
  const mantissa = bits & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00 | (exponent === 143 && mantissa !== 0 ? 0x200 : 0);
  if (exponent > 0) return sign | roundedShift((exponent << 23) | mantissa, 13);
  // below 2^-14 the leading 1 is written out
  return exponent < -10 ? sign : sign | roundedShift(mantissa | 0x800000, 14 - exponent);
}

function roundedShift(bits: number, by: number): number {
  const half = 1 << (by - 1);
  const rest = bits & ((1 << by) - 1);
  const whole = bits >>> by;
  return rest > half || (rest === half && (whole & 1) === 1) ? whole + 1 : whole;
}

/** The number that 16 bits of half precision stand for. */
export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

/** 2⁻¹⁴, below which half precision counts in steps of 2⁻²⁴. */
const smallestNormal = 0x38800000;
/** 65,520, from which rounding gives infinity. */
const overflow = 0x477ff000;

/** Many numbers at once, as {@link toFloat16Bits} rounds each. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const codes = new Uint16Array(values.length);
  for (let i = 0; i < codes.length; i++) {
    const word = words[i] ?? 0;
    const size = word & 0x7fffffff;
    const sign = (word >>> 16) & 0x8000;
    if (size >= overflow) {
      codes[i] = toFloat16Bits(values[i] ?? 0);
    } else if (size >= smallestNormal) {
      codes[i] = sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
    } else {
      // a float32 between 0.5 and 1 has steps of 2⁻²⁴ as well, so that adding 0.5 rounds
      float32[0] = Math.abs(values[i] ?? 0) + 0.5;
      codes[i] = sign | ((bits32[0] ?? 0) - 0x3f000000);
    }
  }
  return codes;
}

let table: Float32Array | undefined;

/** Many numbers at once. Looking up in all 65,536 is several times faster than taking each apart. */
export function decodeFloat16(codes: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, bits) => fromFloat16Bits(bits));
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = table[codes[i] ?? 0] ?? 0;
  return values;
}

/** The upper half of a float32, rounded to nearest, ties to even. NaN keeps its quiet bit. */
export function encodeBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (word, i) =>
    Number.isNaN(values[i]) ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16,
  );
}

/** bfloat16 is the upper half of a float32. */
export function decodeBfloat16(codes: Uint16Array): Float32Array {
  const bits = new Uint32Array(codes.length);
  for (let i = 0; i < codes.length; i++) bits[i] = (codes[i] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}
