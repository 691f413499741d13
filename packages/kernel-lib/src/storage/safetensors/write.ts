import { readOptions } from "../../checks/read-options.js";
import { writeFile } from "#weight-files";
import { isTensor, tensor, type DType, type Tensor, type TensorLike } from "../../engine/index.js";
import { encodeBfloat16, toFloat16Bits } from "../../dtypes/float16.js";
import { encodeHeader, type SafetensorsDType } from "./index.js";

/** How float32 tensors are stored: exactly, or in two bytes each. */
export interface SafetensorsOptions {
  /** F16 has 11 bits of precision up to ±65,504; BF16 8 bits in the range of float32. Default: F32. */
  readonly floats?: "F32" | "F16" | "BF16";
}

/** The order of the reference implementation: the most aligned types first, so that every tensor is aligned. */
const storedAs = { float32: "F32", uint32: "U32", int32: "I32", bool: "BOOL" } as const satisfies Record<
  DType,
  SafetensorsDType
>;
const order: readonly SafetensorsDType[] = ["F32", "U32", "I32", "BF16", "F16", "BOOL"];

/**
 * Writes tensors to a safetensors file, which appears under its name when it is whole.
 *
 * @throws RangeError when a float does not fit into F16, or the names need a header that readers refuse
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from "heed/pretrained";
 * await writeSafetensors("weights.safetensors", { weights: [[0.25, 0.75]] }, { model: "mine" });
 * const { weights } = await readSafetensors("weights.safetensors");
 * console.log(weights?.data); // Float32Array [0.25, 0.75]
 * ```
 */
export async function writeSafetensors(
  file: string,
  tensors: Readonly<Record<string, TensorLike>>,
  metadata: Readonly<Record<string, string>> = {},
  options: SafetensorsOptions = {},
): Promise<void> {
  await writeFile(file, layOut(tensors, metadata, readOptions("writeSafetensors", options, { floats: true })));
}

/** The bytes of a safetensors file, where there is no file system. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, TensorLike>>,
  metadata: Readonly<Record<string, string>> = {},
  options: SafetensorsOptions = {},
): Uint8Array {
  const pieces = [...layOut(tensors, metadata, readOptions("encodeSafetensors", options, { floats: true }))];
  const bytes = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let next = 0;
  for (const piece of pieces) {
    bytes.set(piece, next);
    next += piece.length;
  }
  return bytes;
}

interface Stored {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly value: Tensor;
}

/** The header, then the bytes of each tensor, made one at a time. */
function* layOut(
  tensors: Readonly<Record<string, TensorLike>>,
  metadata: Readonly<Record<string, string>>,
  { floats = "F32" }: SafetensorsOptions,
): Generator<Uint8Array> {
  const stored = Object.entries(tensors)
    .map(([name, given]): Stored => {
      if (name === "__metadata__")
        throw new RangeError("writeSafetensors: expected another name than __metadata__, which is reserved");
      if (!name.isWellFormed())
        throw new RangeError(`writeSafetensors: expected names without lone surrogates; got ${JSON.stringify(name)}`);
      const value = isTensor(given) ? given : tensor(given);
      return { name, dtype: value.dtype === "float32" ? floats : storedAs[value.dtype], value };
    })
    .toSorted((x, y) => order.indexOf(x.dtype) - order.indexOf(y.dtype) || compareUtf8(x.name, y.name));
  yield encodeHeader(
    stored.map(({ name, dtype, value }) => ({ name, dtype, shape: value.shape })),
    metadata,
  );
  for (const { name, dtype, value } of stored) yield encodeElements(name, dtype, value);
}

function encodeElements(name: string, dtype: SafetensorsDType, { data }: Tensor): Uint8Array {
  if (dtype === "F16") return bytesOf(Uint16Array.from(data, (value, i) => toFloat16(value, name, i)));
  if (dtype === "BF16") return bytesOf(encodeBfloat16(data as Float32Array));
  return bytesOf(data);
}

function toFloat16(value: number, name: string, i: number): number {
  const bits = toFloat16Bits(value);
  if ((bits & 0x7fff) === 0x7c00 && Number.isFinite(value)) {
    throw new RangeError(
      `writeSafetensors: expected ${name} within ±65504 for F16; got ${value} at [${i}]. BF16 has the range of float32`,
    );
  }
  return bits;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Names in the order of their bytes, which is that of their code points (JavaScript's `<` compares UTF-16 units). */
function compareUtf8(x: string, y: string): number {
  const [left, right] = [[...x], [...y]];
  const at = left.findIndex((character, i) => character !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}
