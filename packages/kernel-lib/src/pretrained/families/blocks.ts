/** The building blocks that the pretrained families share, with weights found by their names. */
import { ops, type Traced } from "../../engine/index.js";
import * as layers from "../../layers/index.js";
import { parameter, type Parameters } from "./parameters.js";
import { shown } from "../../storage/shown.js";

/** y = x Wᵀ + b with the weights of that name; without b where the checkpoint has none. */
export function linear(parameters: Parameters, name: string, x: Traced): Traced {
  return layers.linear(x, parameter(parameters, `${name}.weight`), parameters[`${name}.bias`]);
}

/** Layer normalisation with the weights of that name. */
export function layerNorm(parameters: Parameters, name: string, x: Traced, epsilon: number): Traced {
  return layers.layerNorm(x, parameter(parameters, `${name}.weight`), parameter(parameters, `${name}.bias`), epsilon);
}

/** y = x / √(mean x² + ε) · γ over the last axis (Zhang & Sennrich 2019). */
export function rmsNorm(parameters: Parameters, name: string, x: Traced, epsilon: number): Traced {
  const size = ops.sqrt(ops.add(ops.mean(ops.square(x), -1, { keepdims: true }), epsilon));
  return ops.multiply(ops.divide(x, size), parameter(parameters, `${name}.weight`));
}

/**
 * A part of a layer with its residual and norm: `post` gives norm(x + f(x)), `pre` gives x + f(norm(x)).
 * What f returns besides its output is passed on.
 */
export function residual<Rest extends unknown[]>(
  placement: "pre" | "post",
  norm: (x: Traced) => Traced,
  x: Traced,
  part: (x: Traced) => [Traced, ...Rest],
): [Traced, ...Rest] {
  if (placement === "pre") {
    const [output, ...rest] = part(norm(x));
    return [ops.add(x, output), ...rest];
  }
  const [output, ...rest] = part(x);
  return [norm(ops.add(x, output)), ...rest];
}

/** Rows of the table of that name. */
export function embedding(parameters: Parameters, name: string, indices: Traced): Traced {
  return layers.embedding(parameter(parameters, `${name}.weight`), indices);
}

/** The first token of each text: [B, T, width] → [B, width]. */
export const firstToken = (x: Traced): Traced => ops.squeeze(ops.slice(x, 0, 1, 1), 1);

const geluErf = (x: Traced): Traced => ops.multiply(ops.multiply(x, 0.5), ops.add(ops.erf(ops.multiply(x, Math.SQRT1_2)), 1));
const geluTanh = (x: Traced): Traced => {
  const cubic = ops.multiply(ops.add(x, ops.multiply(ops.multiply(ops.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return ops.multiply(ops.multiply(x, 0.5), ops.add(ops.tanh(cubic), 1));
};
const silu = (x: Traced): Traced => ops.multiply(x, ops.sigmoid(x));

const activations: Readonly<Record<string, (x: Traced) => Traced>> = {
  gelu: geluErf,
  gelu_python: geluErf,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  quick_gelu: (x) => ops.multiply(x, ops.sigmoid(ops.multiply(x, 1.702))),
  relu: ops.relu,
  silu,
  swish: silu,
  tanh: ops.tanh,
};

/**
 * The activation that a config names.
 *
 * @throws RangeError when the name is not known; the message lists those that are
 */
export function activation(name: string): (x: Traced) => Traced {
  const found = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (found === undefined) {
    throw new RangeError(`model: expected an activation out of ${Object.keys(activations).join(", ")}; got ${shown(name)}`);
  }
  return found;
}
