import type { Tensor } from "../src/engine/index.js";

/** The largest difference of two tensors, element by element; infinite where sizes differ or a number is NaN. */
export function largestDifference(got: Tensor | undefined, want: Tensor | undefined): number {
  if (got === undefined || want === undefined || got.data.length !== want.data.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  got.data.forEach((value, i) => {
    const wanted = want.data[i] ?? Number.NaN;
    const difference = value === wanted ? 0 : Math.abs(value - wanted); // also of two infinities
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  });
  return worst;
}
