import { readOptions } from "../checks/read-options.js";
import { add, matmul, multiply, sigmoid, split, subtract, swapAxes, tanh, where, zeros, type Traced } from "../engine/ops.js";
import type { Random, Tensor } from "../engine/index.js";
import { linear } from "./linear.js";
import { alongTime, requireRecurrent, type Recurrent, type RecurrentOptions, recurrentNames } from "./recurrent.js";

/**
 * The weights of a GRU, as PyTorch stores them: the rows of the gates r, z, n one below the other. Inputs have width D, states width H.
 *
 * | here | PyTorch | the formulas of {@link gruStep} |
 * |---|---|---|
 * | inputWeight [3H, D] | weight_ih_l0 | Wr, Wz, Wn |
 * | stateWeight [3H, H] | weight_hh_l0 | Ur, Uz, Un |
 * | inputBias [3H] | bias_ih_l0 | b |
 * | stateBias [3H] | bias_hh_l0 | c |
 */
export interface GruParameters<Leaf = Traced> {
  readonly inputWeight: Leaf;
  readonly stateWeight: Leaf;
  readonly inputBias?: Leaf;
  readonly stateBias?: Leaf;
}

/**
 * One step of a gated recurrent unit: input x [B, D] and state h [B, H] → the next state [B, H].
 *
 *     r = σ(Wr x + br + Ur h + cr)
 *     z = σ(Wz x + bz + Uz h + cz)
 *     n = tanh(Wn x + bn + r ∘ (Un h + cn))
 *     h′ = (1 − z) ∘ n + z ∘ h
 *
 * Here r acts after the product with Un, as in PyTorch and cuDNN; in the paper it acts on h before. For a sequence use {@link gru}.
 *
 * @throws TypeError when the shapes do not fit
 * @see Cho et al. 2014, "Learning Phrase Representations using RNN Encoder–Decoder", eqs. 5–8
 * @example
 * ```ts
 * import { compile, layers, Random } from "heed/program";
 * import type { ops } from "heed";
 * const parameters = layers.initialGru(new Random(1), { input: 2, state: 3 });
 * const step = compile((p: layers.GruParameters, x: ops.Traced, h: ops.Traced) => layers.gruStep(p, x, h));
 * console.log((await step(parameters, [[1, 0]], [[0, 0, 0]])).shape); // [1, 3]
 * ```
 */
export function gruStep(parameters: GruParameters, input: Traced, state: Traced): Traced {
  requireRecurrent("gruStep", 3, parameters, input);
  return gruUpdate(parameters, linear(input, parameters.inputWeight, parameters.inputBias), state);
}

/**
 * A gated recurrent unit over sequences: inputs [B, T, D] → outputs [B, T, H], the state after each token, and `last` [B, H].
 * The products with the input weights are taken for all tokens at once; one loop step is one {@link gruStep} without them.
 *
 * @throws TypeError when the shapes do not fit
 * @example
 * ```ts
 * import { compile, layers, Random, tensor } from "heed/program";
 * import type { ops } from "heed";
 * const parameters = layers.initialGru(new Random(1), { input: 2, state: 3 });
 * const encode = compile((p: layers.GruParameters, x: ops.Traced) => layers.gru(p, x));
 * const { outputs, last } = await encode(parameters, tensor([[[1, 0], [0, 1], [1, 1]]]));
 * console.log(outputs.shape, last.shape); // [1, 3, 3] [1, 3]
 * ```
 */
export function gru(parameters: GruParameters, inputs: Traced, options: RecurrentOptions<Traced> = {}): Recurrent<Traced> {
  readOptions("gru", options, recurrentNames);
  requireRecurrent("gru", 3, parameters, inputs, options.mask);
  const [B = 1] = inputs.shape;
  const H = parameters.stateWeight.shape[1] ?? 1;
  const sequence = swapAxes(inputs, 0, 1); // [B, T, D] → [T, B, D], before the product makes it wider
  const gates = linear(sequence, parameters.inputWeight, parameters.inputBias); // [T, B, 3H]
  return alongTime(
    (state: Traced, gate: Traced) => gruUpdate(parameters, gate, state),
    gates,
    options.initial ?? zeros([B, H]),
    (state) => state,
    where,
    options,
  );
}

/** The step from W x + b [B, 3H] and the state. */
export function gruUpdate({ stateWeight, stateBias }: GruParameters, gates: Traced, state: Traced): Traced {
  const product = matmul(state, swapAxes(stateWeight, 0, 1)); // [B, H] · [H, 3H] → [B, 3H]
  const H = state.shape[1] ?? 1;
  const [inputRZ, inputN] = split(gates, [2 * H], 1) as [Traced, Traced];
  const [stateRZ, stateN] = split(stateBias ? add(product, stateBias) : product, [2 * H], 1) as [Traced, Traced];
  const [reset, update] = split(sigmoid(add(inputRZ, stateRZ)), 2, 1) as [Traced, Traced]; // r and z in one pass
  const candidate = tanh(add(inputN, multiply(reset, stateN)));
  return add(candidate, multiply(update, subtract(state, candidate))); // = (1 − z) ∘ n + z ∘ h
}

/** First weights for a GRU: evenly from −1/√H to 1/√H, as PyTorch's. Inputs have width `input`, states width `state`. */
export function initialGru(
  random: Random,
  sizes: { readonly input: number; readonly state: number },
): Required<GruParameters<Tensor>> {
  const { input, state } = readOptions("initialGru", sizes, { input: true, state: true });
  const bound = 1 / Math.sqrt(state);
  const draw = (name: string, shape: number[]): Tensor => random.fork(name).uniform(shape, { low: -bound, high: bound });
  return {
    inputWeight: draw("inputWeight", [3 * state, input]),
    stateWeight: draw("stateWeight", [3 * state, state]),
    inputBias: draw("inputBias", [3 * state]),
    stateBias: draw("stateBias", [3 * state]),
  };
}
