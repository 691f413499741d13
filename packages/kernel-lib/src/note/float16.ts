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
