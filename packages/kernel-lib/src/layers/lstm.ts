import { readOptions } from "../checks/read-options.js";
import { add, matmul, multiply, sigmoid, split, swapAxes, tanh, where, zeros, type Traced } from "../engine/ops.js";
import type { Random, Tensor } from "../engine/index.js";
import { linear } from "./linear.js";
import { alongTime, requireRecurrent, type Recurrent, type RecurrentOptions, recurrentNames } from "./recurrent.js";

/**
 * The weights of an LSTM, as PyTorch stores them: the rows of the gates i, f, g, o one below the other. Inputs have width D, states width H.
 *
 * | here | PyTorch | the formulas of {@link lstmStep} |
 * |---|---|---|
 * | inputWeight [4H, D] | weight_ih_l0 | Wi, Wf, Wg, Wo |
 * | stateWeight [4H, H] | weight_hh_l0 | Ui, Uf, Ug, Uo |
 * | inputBias [4H] | bias_ih_l0 | b (PyTorch has two biases; here they add up) |
 * | stateBias [4H] | bias_hh_l0 | |
 */
export interface LstmParameters<Leaf = Traced> {
  readonly inputWeight: Leaf;
  readonly stateWeight: Leaf;
  readonly inputBias?: Leaf;
  readonly stateBias?: Leaf;
}

/** What an LSTM remembers: the hidden state h, which is also its output, and the cell c; [B, H] each. */
export interface LstmState<Leaf = Traced> {
  readonly [name: string]: Leaf;
  readonly hidden: Leaf;
  readonly cell: Leaf;
}

/**
 * One step of long short-term memory: input x [B, D] and state (h, c), [B, H] each → the next state.
 *
 *     i = σ(Wi x + Ui h + bi)      f = σ(Wf x + Uf h + bf)
 *     g = tanh(Wg x + Ug h + bg)   o = σ(Wo x + Uo h + bo)
 *     c′ = f ∘ c + i ∘ g           h′ = o ∘ tanh(c′)
 *
 * For a sequence use {@link lstm}.
 *
 * @throws TypeError when the shapes do not fit
 * @see Hochreiter, Schmidhuber 1997; with the forget gate of Gers et al. 2000
 * @example
 * ```ts
 * import { compile, layers, Random } from "heed/program";
 * import type { ops } from "heed";
 * const parameters = layers.initialLstm(new Random(1), { input: 2, state: 3 });
 * const step = compile((p: layers.LstmParameters, x: ops.Traced, s: layers.LstmState) => layers.lstmStep(p, x, s));
 * const { cell } = await step(parameters, [[1, 0]], { hidden: [[0, 0, 0]], cell: [[0, 0, 0]] });
 * console.log(cell.shape); // [1, 3]
 * ```
 */
export function lstmStep(parameters: LstmParameters, input: Traced, state: LstmState): LstmState {
  requireRecurrent("lstmStep", 4, parameters, input);
  return lstmUpdate(parameters, linear(input, parameters.inputWeight, parameters.inputBias), state);
}

/**
 * Long short-term memory over sequences: inputs [B, T, D] → outputs [B, T, H], the hidden state after each token, and `last`, the state
 * after the last one. The products with the input weights are taken for all tokens at once.
 *
 * @throws TypeError when the shapes do not fit
 * @example
 * ```ts
 * import { compile, layers, Random, tensor } from "heed/program";
 * import type { ops } from "heed";
 * const parameters = layers.initialLstm(new Random(1), { input: 2, state: 3 });
 * const encode = compile((p: layers.LstmParameters, x: ops.Traced) => layers.lstm(p, x));
 * const { outputs, last } = await encode(parameters, tensor([[[1, 0], [0, 1], [1, 1]]]));
 * console.log(outputs.shape, last.cell.shape); // [1, 3, 3] [1, 3]
 * ```
 */
export function lstm(
  parameters: LstmParameters,
  inputs: Traced,
  options: RecurrentOptions<LstmState> = {},
): Recurrent<LstmState> {
  readOptions("lstm", options, recurrentNames);
  requireRecurrent("lstm", 4, parameters, inputs, options.mask);
  const [B = 1] = inputs.shape;
  const H = parameters.stateWeight.shape[1] ?? 1;
  const sequence = swapAxes(inputs, 0, 1); // [B, T, D] → [T, B, D], before the product makes it wider
  const gates = linear(sequence, parameters.inputWeight, parameters.inputBias); // [T, B, 4H]
  return alongTime(
    (state: LstmState, gate: Traced) => lstmUpdate(parameters, gate, state),
    gates,
    options.initial ?? { hidden: zeros([B, H]), cell: zeros([B, H]) },
    ({ hidden }) => hidden,
    (isToken, next, state) => ({
      hidden: where(isToken, next.hidden, state.hidden),
      cell: where(isToken, next.cell, state.cell),
    }),
    options,
  );
}

/** The step from W x + b [B, 4H] and the state. */
export function lstmUpdate({ stateWeight, stateBias }: LstmParameters, gates: Traced, { hidden, cell }: LstmState): LstmState {
  const product = matmul(hidden, swapAxes(stateWeight, 0, 1)); // [B, H] · [H, 4H] → [B, 4H]
  const all = add(gates, stateBias ? add(product, stateBias) : product);
  const [i, f, g, o] = split(all, 4, 1) as [Traced, Traced, Traced, Traced];
  const next = add(multiply(sigmoid(f), cell), multiply(sigmoid(i), tanh(g)));
  return { hidden: multiply(sigmoid(o), tanh(next)), cell: next };
}

/** First weights for an LSTM: evenly from −1/√H to 1/√H, as PyTorch's. Inputs have width `input`, states width `state`. */
export function initialLstm(
  random: Random,
  sizes: { readonly input: number; readonly state: number },
): Required<LstmParameters<Tensor>> {
  const { input, state } = readOptions("initialLstm", sizes, { input: true, state: true });
  const bound = 1 / Math.sqrt(state);
  const draw = (name: string, shape: number[]): Tensor => random.fork(name).uniform(shape, { low: -bound, high: bound });
  return {
    inputWeight: draw("inputWeight", [4 * state, input]),
    stateWeight: draw("stateWeight", [4 * state, state]),
    inputBias: draw("inputBias", [4 * state]),
    stateBias: draw("stateBias", [4 * state]),
  };
}
