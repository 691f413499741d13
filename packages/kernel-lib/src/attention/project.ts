import type { OptionNames } from "../checks/read-options.js";
import { add, matmul, type Traced } from "../engine/ops.js";
import type { Tensor, TensorLike } from "../engine/index.js";
import { finiteTensor } from "./inputs.js";
import type { ScoreKind } from "./score.js";

/**
 * The learned matrices of self-attention and multi-head attention. Vectors are rows, as in the papers: q = x Wq + bq with Wq [width, D].
 * (PyTorch and checkpoints store the transpose, [D, width]: see `transpose`.) A matrix left out leaves the vectors as they are.
 */
export interface Projections<Leaf> {
  readonly Wq?: Leaf;
  readonly Wk?: Leaf;
  readonly Wv?: Leaf;
  readonly Wo?: Leaf;
  readonly bq?: Leaf;
  readonly bk?: Leaf;
  readonly bv?: Leaf;
  readonly bo?: Leaf;
}

/** The names of all of them. */
export const projectionNames: OptionNames<Projections<unknown>> = {
  Wq: true,
  Wk: true,
  Wv: true,
  Wo: true,
  bq: true,
  bk: true,
  bv: true,
  bo: true,
};
const names = Object.keys(projectionNames) as (keyof Projections<unknown>)[];

/** x W + b: [T, width] · [width, D] + [D] → [T, D]. */
export function project(x: Traced, W: Traced | undefined, b: Traced | undefined): Traced {
  const product = W ? matmul(x, W) : x;
  return b ? add(product, b) : product;
}

/** The projections of a public call as tensors. */
export function readProjections(caller: string, input: Projections<TensorLike>): Projections<Tensor> {
  const given = names.filter((name) => input[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, finiteTensor(caller, name, input[name] ?? [])]));
}

/** @throws TypeError when Wq and Wk give different widths to a score that multiplies query and key number by number */
export function requireSameWidth(caller: string, kind: ScoreKind, query: readonly number[], keys: readonly number[]): void {
  const [Dq, Dk] = [query.at(-1), keys.at(-1)];
  if (Dq === Dk || kind === "general" || kind === "concat" || kind === "additive") return;
  throw new TypeError(
    `${caller}: queries and keys must have the same width D for score ${kind}; Wq and Wk give ${Dq} and ${Dk}`,
  );
}

interface Shaped {
  readonly shape: readonly number[];
}

/**
 * The width that vectors of some width have after a projection.
 *
 * @throws TypeError when the matrix does not take that width, or the bias does not have the width that comes out
 */
export function projectedWidth(
  caller: string,
  role: "q" | "k" | "v" | "o",
  width: number,
  projections: Projections<Shaped>,
): number {
  const W = projections[`W${role}`];
  const b = projections[`b${role}`];
  const sizes = ({ shape }: Shaped): string => `[${shape.join(", ")}]`;
  if (W && (W.shape.length !== 2 || W.shape[0] !== width)) {
    throw new TypeError(
      `${caller}: expected W${role} [width=${width}, any]; got ${sizes(W)}${W.shape[1] === width ? ", its transpose" : ""}`,
    );
  }
  const out = W?.shape[1] ?? width;
  if (b && (b.shape.length !== 1 || b.shape[0] !== out))
    throw new TypeError(`${caller}: expected b${role} [${out}]; got ${sizes(b)}`);
  return out;
}
