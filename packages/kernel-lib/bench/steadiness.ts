/** Whether samples are near enough to each other to be told as one number. */

/** The value below which the fraction `part` of the samples lies, interpolated. */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

/** How far the quartiles may lie apart, as a part of the median. A machine at rest gives 0.02 to 0.2, one that does other work 0.5 and more. */
const mostSpread = 0.5;
/** How many times the quickest sample the median may be: above, most samples met something that a few did not. */
const mostSlowed = 2;

/**
 * Samples are steady if half of them lie within half of their median, and the median is not twice the best. A few samples far out change
 * neither, as they do not change the median.
 */
export function isSteady(samples: readonly number[]): boolean {
  const median = quantile(samples, 0.5);
  const spread = quantile(samples, 0.75) - quantile(samples, 0.25);
  return spread <= mostSpread * median && median <= mostSlowed * Math.min(...samples);
}
