/** What GRU and LSTM share: a step run along the time axis, with padding and directions. */
import { readOptions, type OptionNames } from "../checks/read-options.js";
import { concatenate, expandDims, swapAxes, where, type Traced } from "../engine/ops.js";
import { scan, type Tree } from "../engine/index.js";

/** How a recurrent layer runs over a sequence. `State` is one array for a GRU, hidden and cell state for an LSTM. */
export interface RecurrentOptions<State> {
  /** The state before the first step; zeros if not given. */
  readonly initial?: State | undefined;
  /** [B, T] booleans, true at tokens, false at padding: there the state stays as it is and the output is 0. */
  readonly mask?: Traced | undefined;
  /** From the last token to the first. Outputs stay in the places of their inputs. */
  readonly reverse?: boolean;
}

/** The names of these options. */
export const recurrentNames: OptionNames<RecurrentOptions<unknown>> = { initial: true, mask: true, reverse: true };

/** What a recurrent layer returns. */
export interface Recurrent<State> {
  /** [B, T, H]: the state after each token */
  readonly outputs: Traced;
  /** the state after the last token (the first one with `reverse`) */
  readonly last: State;
}

/** A recurrent layer over sequences; `gru` and `lstm` are two. */
export type RecurrentLayer<Parameters, State> = (
  parameters: Parameters,
  inputs: Traced,
  options?: RecurrentOptions<State>,
) => Recurrent<State>;

/**
 * Runs a recurrent layer in both directions, each with parameters of its own, and puts the outputs side by side:
 * outputs [B, T, 2H], forward first. `last` has the last state of each direction.
 *
 * @example
 * ```ts
 * import { compile, layers, Random, tensor } from "heed/program";
 * import type { ops } from "heed";
 * const random = new Random(1);
 * const parameters = {
 *   forward: layers.initialGru(random.fork("forward"), { input: 2, state: 3 }),
 *   backward: layers.initialGru(random.fork("backward"), { input: 2, state: 3 }),
 * };
 * const encode = compile((p: layers.BothDirections<layers.GruParameters>, x: ops.Traced) =>
 *   layers.bidirectional(layers.gru, p, x).outputs);
 * console.log((await encode(parameters, tensor([[[1, 0], [0, 1]]]))).shape); // [1, 2, 6]
 * ```
 */
export function bidirectional<Parameters, State>(
  layer: RecurrentLayer<Parameters, State>,
  parameters: BothDirections<Parameters>,
  inputs: Traced,
  options: { readonly initial?: BothDirections<State>; readonly mask?: Traced | undefined } = {},
): Recurrent<BothDirections<State>> {
  const { initial, mask } = readOptions("bidirectional", options, { initial: true, mask: true });
  const forward = layer(parameters.forward, inputs, { initial: initial?.forward, mask });
  const backward = layer(parameters.backward, inputs, { initial: initial?.backward, mask, reverse: true });
  return {
    outputs: concatenate([forward.outputs, backward.outputs], 2),
    last: { forward: forward.last, backward: backward.last },
  };
}

/** One thing for each direction. */
export interface BothDirections<T> {
  readonly forward: T;
  readonly backward: T;
}

/** Runs `step` over the time axis of `sequence` [T, B, …]; of each new state, `outputOf` is the output. */
export function alongTime<State extends Tree<Traced>>(
  step: (state: State, input: Traced) => State,
  sequence: Traced,
  initial: State,
  outputOf: (state: State) => Traced,
  keep: (isToken: Traced, next: State, state: State) => State,
  { mask, reverse = false }: RecurrentOptions<State>,
): Recurrent<State> {
  const run = (state: State, input: Traced, isToken?: Traced): [State, Traced] => {
    const next = isToken ? keep(isToken, step(state, input), state) : step(state, input);
    return [next, outputOf(next)];
  };
  const [last, states] = mask
    ? scan(
        (state: State, { input, isToken }: { input: Traced; isToken: Traced }) => run(state, input, isToken),
        initial,
        { input: sequence, isToken: expandDims(swapAxes(mask, 0, 1), 2) }, // [B, T] → [T, B, 1]
        { reverse },
      )
    : scan((state: State, input: Traced) => run(state, input), initial, sequence, { reverse });
  const outputs = swapAxes(states, 0, 1); // [T, B, H] → [B, T, H]
  return { outputs: mask ? where(expandDims(mask, 2), outputs, 0) : outputs, last };
}

/** @throws TypeError when the shapes of a recurrent layer do not fit together; `gates` is 3 for a GRU and 4 for an LSTM */
export function requireRecurrent(
  name: string,
  gates: number,
  parameters: {
    readonly inputWeight: Traced;
    readonly stateWeight: Traced;
    readonly inputBias?: Traced | undefined;
    readonly stateBias?: Traced | undefined;
  },
  inputs: Traced,
  mask?: Traced,
): void {
  const H = parameters.stateWeight.shape[1];
  const D = inputs.shape.at(-1);
  const check = (what: string, array: Traced | undefined, shape: readonly (number | undefined)[], axes: string): void => {
    if (!array || array.shape.join() === shape.join()) return;
    throw new TypeError(`${name}: expected ${what} ${axes} = [${shape.join(", ")}]; got [${array.shape.join(", ")}]`);
  };
  const rows = gates * (H ?? 0);
  check("stateWeight", parameters.stateWeight, [rows, H], `[${gates}H, H]`);
  check("inputWeight", parameters.inputWeight, [rows, D], `[${gates}H, D]`);
  check("inputBias", parameters.inputBias, [rows], `[${gates}H]`);
  check("stateBias", parameters.stateBias, [rows], `[${gates}H]`);
  check("mask", mask, inputs.shape.slice(0, 2), "[B, T]");
}
