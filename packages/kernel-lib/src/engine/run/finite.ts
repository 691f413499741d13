/** Finds NaN and infinite numbers in results, for programs compiled with `checkFinite`. */
import type { Tensor } from "../tensor.js";

/** An array that holds a number which is not finite: `scores [3, 5] holds NaN at [0, 2]`. */
export function describeNonFinite(tensor: Tensor, name: string): string | undefined {
  if (tensor.dtype !== "float32") return undefined;
  const { data, shape } = tensor;
  const at = data.findIndex((x) => !Number.isFinite(x));
  if (at < 0) return undefined;
  let rest = at;
  const place = shape.toReversed().map((size) => {
    const i = rest % size;
    rest = (rest - i) / size;
    return i;
  });
  return `${name} [${shape.join(", ")}] holds ${data[at]} at [${place.toReversed().join(", ")}]`;
}

/** The first of several arrays that holds a number which is not finite. */
export function firstNonFinite(tensors: readonly Tensor[], names: readonly string[]): string | undefined {
  for (const [i, tensor] of tensors.entries()) {
    const found = describeNonFinite(tensor, names[i] ?? `array ${i}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
