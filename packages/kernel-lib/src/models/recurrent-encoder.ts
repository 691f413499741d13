import type { Random, Tensor, Traced } from "../engine/index.js";
import {
  bidirectional,
  gru,
  initialGru,
  initialLstm,
  lstm,
  type BothDirections,
  type GruParameters,
  type LstmParameters,
} from "../layers/index.js";

/** The weights of an encoder that reads in both directions. */
export type EncoderParameters<Leaf = Traced> = BothDirections<GruParameters<Leaf> | LstmParameters<Leaf>>;

/** Reads inputs [B, T, E] in both directions → outputs [B, T, H] side by side, and the last hidden state [B, H/2] of each direction. */
export function readBothWays(
  cell: "gru" | "lstm",
  parameters: EncoderParameters,
  inputs: Traced,
  mask: Traced,
): { readonly outputs: Traced; readonly last: BothDirections<Traced> } {
  if (cell === "gru") return bidirectional(gru, parameters as BothDirections<GruParameters>, inputs, { mask });
  const { outputs, last } = bidirectional(lstm, parameters as BothDirections<LstmParameters>, inputs, { mask });
  return { outputs, last: { forward: last.forward.hidden, backward: last.backward.hidden } };
}

/** First weights, drawn as PyTorch draws them; half of `width` comes from each direction. */
export function initialEncoder(
  cell: "gru" | "lstm",
  random: Random,
  { input, width }: { readonly input: number; readonly width: number },
): EncoderParameters<Tensor> {
  const initial = cell === "gru" ? initialGru : initialLstm;
  return {
    forward: initial(random.fork("encoder", "forward"), { input, state: width / 2 }),
    backward: initial(random.fork("encoder", "backward"), { input, state: width / 2 }),
  };
}
