import { ops, type Traced } from "../engine/index.js";
import { dropout } from "../layers/index.js";

/** Drops part of an array in a training step; returns it as it is when a trained model is used. */
export type Drop = (x: Traced) => Traced;

/** Nothing is dropped. */
export const keepAll: Drop = (x) => x;

/** Dropout at a rate, with other random numbers at each call. Not for the inside of a loop, where every turn would drop the same. */
export function makeDropout(rate: number, key: Traced | undefined): Drop {
  if (key === undefined || rate === 0) return keepAll;
  let uses = 0;
  return (x) => dropout(x, rate, ops.add(key, (uses += 1)));
}
