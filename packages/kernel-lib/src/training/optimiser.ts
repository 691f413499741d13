/** Optimisers as PyTorch defines them, as programs: parameters, gradients and a state give the next parameters and the next state. */
import { readOptions } from "../checks/read-options.js";
import { add, divide, multiply, sqrt, square, subtract, type Operand, type Traced } from "../engine/ops.js";
import { sizeOf, type Tensor } from "../engine/index.js";
import { mapNamed, type Named } from "./named.js";

/** How parameters follow their gradients. Parameters and gradients come under the parameters' names. */
export interface Optimiser {
  readonly name: string;
  /** Whether two parameters could as well be one long one, under either name. */
  treatsAlike(name: string, other: string): boolean;
  /** The state before the first step for parameters of these shapes: of each kind one tensor for each parameter, and numbers. */
  initial(shapes: Named<readonly number[]>): OptimiserState<Tensor>;
  /** One step, inside a program; η is the learning rate, and gradients count times `factor`. */
  update(
    parameters: Named<Traced>,
    gradients: Named<Traced>,
    state: OptimiserState<Traced>,
    rate: Traced,
    factor: Operand,
  ): Updated;
}

export type OptimiserState<Leaf> = Readonly<Record<string, Named<Leaf>>>;

export interface Updated {
  readonly parameters: Named<Traced>;
  readonly state: OptimiserState<Traced>;
}

export interface WeightDecay {
  /** λ; 0 if not given (for `adamW` 0.01) */
  readonly weightDecay?: number;
  /**
   * Which parameters decay; all if not given. Biases and the gains of norms usually should not:
   * `decays: (name) => name.endsWith("Weight")`.
   */
  readonly decays?: (name: string) => boolean;
}

/**
 * Stochastic gradient descent: p ← p − η d, with d the gradient g, or with momentum μ the velocity v ← μ v + g. With Nesterov's form
 * d = g + μ v. Weight decay adds λ p to g.
 *
 * @see torch.optim.SGD
 * @example
 * ```ts
 * import { training } from "heed/program";
 * const optimiser = training.sgd({ momentum: 0.9 });
 * console.log(Object.keys(optimiser.initial({ slope: [1] }))); // ["velocity"]
 * ```
 */
export function sgd(options: WeightDecay & { readonly momentum?: number; readonly nesterov?: boolean } = {}): Optimiser {
  const {
    momentum = 0,
    nesterov = false,
    weightDecay = 0,
    decays = () => true,
  } = readOptions("sgd", options, { momentum: true, nesterov: true, weightDecay: true, decays: true });
  requireShare("sgd", "momentum", momentum);
  requireDecay("sgd", weightDecay);
  if (nesterov && momentum === 0) throw new RangeError("sgd: nesterov needs a momentum above 0");
  return {
    name: "sgd",
    treatsAlike: (one, other) => weightDecay === 0 || decays(one) === decays(other),
    initial: (shapes) => (momentum === 0 ? {} : { velocity: mapNamed(shapes, zeros) }),
    update: (parameters, gradients, { velocity = {} }, rate, factor) => {
      const decayed = mapNamed(gradients, (gradient, name) => {
        const scaled = factor === 1 ? gradient : multiply(gradient, factor);
        return decays(name) ? addDecay(scaled, parameters[name] as Traced, weightDecay) : scaled;
      });
      const moved = mapNamed(velocity, (v, name) => add(multiply(v, momentum), decayed[name] as Traced));
      const direction = mapNamed(decayed, (gradient, name) => {
        const v = moved[name];
        if (!v) return gradient;
        return nesterov ? add(gradient, multiply(v, momentum)) : v;
      });
      const next = mapNamed(parameters, (p, name) => subtract(p, multiply(direction[name] as Traced, rate)));
      return { parameters: next, state: momentum === 0 ? {} : { velocity: moved } };
    },
  };
}

export interface AdamOptions extends WeightDecay {
  /** β₁, how much of the mean gradient stays from step to step; 0.9 if not given */
  readonly beta1?: number;
  /** β₂, the same for the mean square; 0.999 if not given, 0.98 in the Transformer paper */
  readonly beta2?: number;
  /** ε, added to the root; 1e-8 if not given */
  readonly epsilon?: number;
}

/**
 * Adam: the mean m and the mean square v of gradients, corrected for their start at 0, scale each parameter's step.
 *
 *     m ← β₁ m + (1 − β₁) g      v ← β₂ v + (1 − β₂) g²
 *     p ← p − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * Weight decay adds λ p to g; for decay apart from the gradient use {@link adamW}.
 *
 * @see Kingma, Ba 2015, algorithm 1; torch.optim.Adam
 */
export function adam(options: AdamOptions = {}): Optimiser {
  return adamLike("adam", { weightDecay: 0, ...options }, false);
}

/**
 * Adam with weight decay apart from the gradient: before each step p ← (1 − η λ) p.
 *
 * @see Loshchilov, Hutter 2019, "Decoupled Weight Decay Regularization"; torch.optim.AdamW
 * @example
 * ```ts
 * import { training } from "heed/program";
 * const optimiser = training.adamW({ weightDecay: 0.1, decays: (name) => name.endsWith("Weight") });
 * console.log(optimiser.treatsAlike("outputWeight", "outputBias")); // false
 * ```
 */
export function adamW(options: AdamOptions = {}): Optimiser {
  return adamLike("adamW", { weightDecay: 0.01, ...options }, true);
}

function adamLike(kind: string, options: AdamOptions & { readonly weightDecay: number }, isApart: boolean): Optimiser {
  const {
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay,
    decays = () => true,
  } = readOptions(kind, options, { beta1: true, beta2: true, epsilon: true, weightDecay: true, decays: true });
  requireShare(kind, "beta1", beta1);
  requireShare(kind, "beta2", beta2);
  requireDecay(kind, weightDecay);
  if (!(epsilon > 0)) throw new RangeError(`${kind}: expected epsilon above 0; got ${epsilon}`);
  return {
    name: kind,
    treatsAlike: (one, other) => weightDecay === 0 || decays(one) === decays(other),
    initial: (shapes) => ({
      mean: mapNamed(shapes, zeros),
      square: mapNamed(shapes, zeros),
      corrections: { mean: number(0), square: number(0) },
    }),
    update: (parameters, gradients, state, rate, factor) => {
      // 1 − βᵗ, kept as a number of its own: 1 − exp(t log β) would lose four digits at the first steps
      const corrections = mapNamed(state["corrections"] as Named<Traced>, (before, which) => {
        const beta = which === "mean" ? beta1 : beta2;
        return add(multiply(before, beta), 1 - beta);
      });
      const root = sqrt(corrections["square"] as Traced);
      // the corrections moved from m and v, where they would cost two passes over each, to numbers
      const scale = multiply(rate, divide(root, corrections["mean"] as Traced));
      const small = multiply(root, epsilon);
      const shrink = add(multiply(rate, -weightDecay), 1);
      const mean: Record<string, Traced> = {};
      const squares: Record<string, Traced> = {};
      const next = mapNamed(parameters, (p, name) => {
        const decay = decays(name) ? weightDecay : 0;
        const given = gradients[name] as Traced;
        const isMixed = !isApart && decay !== 0;
        const gradient = isMixed ? addDecay(multiply(given, factor), p, decay) : given;
        // the factor rides on numbers, so that clipping costs no pass over the gradient
        const [ofMean, ofSquare] = isMixed
          ? [1 - beta1, 1 - beta2]
          : [multiply(factor, 1 - beta1), multiply(square(factor), 1 - beta2)];
        const m = add(multiply(state["mean"]?.[name] as Traced, beta1), multiply(gradient, ofMean));
        const v = add(multiply(state["square"]?.[name] as Traced, beta2), multiply(square(gradient), ofSquare));
        mean[name] = m;
        squares[name] = v;
        const start = isApart && decay !== 0 ? multiply(p, shrink) : p;
        return subtract(start, multiply(divide(m, add(sqrt(v), small)), scale));
      });
      return { parameters: next, state: { mean, square: squares, corrections } };
    },
  };
}

const addDecay = (gradient: Traced, p: Traced, decay: number): Traced =>
  decay === 0 ? gradient : add(gradient, multiply(p, decay));

const zeros = (shape: readonly number[]): Tensor => ({ shape, dtype: "float32", data: new Float32Array(sizeOf(shape)) });

const number = (value: number): Tensor => ({ shape: [], dtype: "float32", data: Float32Array.of(value) });

function requireShare(name: string, what: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new RangeError(`${name}: expected ${what} from 0 to below 1; got ${value}`);
}

function requireDecay(name: string, value: number): void {
  if (!(value >= 0)) throw new RangeError(`${name}: expected weightDecay of at least 0; got ${value}`);
}
