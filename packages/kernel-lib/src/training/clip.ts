import { add, divide, minimum, sqrt, square, sum, type Traced } from "../engine/ops.js";
import type { Named } from "./named.js";

/** The norm of all gradients as one long vector: √(Σ g²). */
export function globalNorm(gradients: Named<Traced>): Traced {
  const squares = Object.values(gradients).map((gradient) => sum(square(gradient)));
  const [first, ...others] = squares;
  if (!first) throw new TypeError("globalNorm: expected at least one gradient; got none");
  return sqrt(others.reduce(add, first));
}

/**
 * What gradients are multiplied by so that their norm over all parameters is at most `limit`: min(1, limit / (norm + 1e-6)).
 *
 * @see Pascanu et al. 2013; torch.nn.utils.clip_grad_norm_
 */
export const clipFactor = (norm: Traced, limit: number): Traced => minimum(divide(limit, add(norm, 1e-6)), 1);
