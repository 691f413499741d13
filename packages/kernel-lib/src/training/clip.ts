import { add, divide, minimum, multiply, sqrt, square, sum, type Traced } from "../engine/ops.js";
import { mapNamed, type Named } from "./named.js";

/** The norm of all gradients as one long vector: √(Σ g²). */
export function globalNorm(gradients: Named<Traced>): Traced {
  const squares = Object.values(gradients).map((gradient) => sum(square(gradient)));
  const [first, ...others] = squares;
  if (!first) throw new TypeError("globalNorm: expected at least one gradient; got none");
  return sqrt(others.reduce(add, first));
}

/**
 * Scales gradients so that their norm over all parameters is at most `limit`: each times min(1, limit / (norm + 1e-6)).
 *
 * @see Pascanu et al. 2013; torch.nn.utils.clip_grad_norm_
 */
export function clipByNorm(gradients: Named<Traced>, norm: Traced, limit: number): Named<Traced> {
  const factor = minimum(divide(limit, add(norm, 1e-6)), 1);
  return mapNamed(gradients, (gradient) => multiply(gradient, factor));
}
