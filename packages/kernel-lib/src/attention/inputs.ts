/** What users hand to the public calls, made into float32 tensors and checked. */
import { describeValue } from "../checks/describe-value.js";
import { tensor, type Tensor, type TensorLike } from "../engine/index.js";
import { readTensor } from "../engine/tensor.js";

/**
 * Numbers in brackets, a typed array or a tensor, as a float32 tensor of finite numbers.
 *
 * @throws RangeError naming the place of a NaN or an infinity: these would spread through softmax to everything else
 */
export function finiteTensor(caller: string, name: string, values: TensorLike): Tensor<"float32"> {
  const made = readTensor(caller, name, values);
  const { shape, dtype } = made;
  const data = dtype === "float32" ? (made.data as Float32Array) : Float32Array.from(made.data);
  requireFinite(caller, name, { shape, dtype: "float32", data });
  return { shape, dtype: "float32", data };
}

/** @throws RangeError when the temperature is not a number above 0 */
export function readTemperature(caller: string, temperature: number | undefined): Tensor | undefined {
  if (temperature === undefined) return undefined;
  if (Number.isFinite(temperature) && temperature > 0) return tensor(temperature);
  throw new RangeError(`${caller}: expected a temperature above 0; got ${describeValue(temperature)}`);
}

/**
 * Finite inputs can still overflow: a score of ±∞ makes its row NaN.
 *
 * @throws RangeError naming the score at fault
 */
export function requireFiniteResult(
  caller: string,
  { scores, output }: { readonly scores: Tensor; readonly output: Tensor },
): void {
  if (firstNotFinite(output.data) < 0) return;
  const at = firstNotFinite(scores.data);
  const place = at < 0 ? "the sum of the values" : `scores[${indexOf(at, scores.shape).join(", ")}]`;
  throw new RangeError(`${caller}: ${place} overflows float32; make the numbers of query, keys or values smaller`);
}

/** @throws RangeError naming the place of the first number that is not finite */
function requireFinite(caller: string, name: string, { shape, data }: Tensor): void {
  const at = firstNotFinite(data);
  if (at < 0) return;
  throw new RangeError(`${caller}: expected finite numbers; got ${data[at]} at ${name}[${indexOf(at, shape).join(", ")}]`);
}

function firstNotFinite(data: ArrayLike<number>): number {
  for (let i = 0; i < data.length; i++) {
    const x = data[i] ?? 0;
    if (x - x !== 0) return i; // ∞ − ∞ and NaN − NaN are NaN; quicker than a call for each number
  }
  return -1;
}

function indexOf(position: number, shape: readonly number[]): number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    })
    .toReversed();
}
