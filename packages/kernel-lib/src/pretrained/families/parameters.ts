import type { Traced } from "../../engine/index.js";

/** The weights of a model under the names they have in Hugging Face checkpoints, without the name of the base model in front. */
export type Parameters = Readonly<Record<string, Traced>>;

/** The shape of every weight a model needs: what a checkpoint is checked against, and what training initialises. */
export type ParameterShapes = Readonly<Record<string, readonly number[]>>;

/**
 * One weight by name.
 *
 * @throws TypeError when the model has no weight of that name
 */
export function parameter(parameters: Parameters, name: string): Traced {
  const found = parameters[name];
  if (found === undefined) throw new TypeError(`model: expected a weight named "${name}"; the checkpoint has none`);
  return found;
}

/** Shapes of a dense layer y = x Wᵀ + b. */
export function linearShapes(name: string, inputs: number, outputs: number, bias = true): ParameterShapes {
  return { [`${name}.weight`]: [outputs, inputs], ...(bias && { [`${name}.bias`]: [outputs] }) };
}

/** Shapes of a layer normalisation. */
export function normShapes(name: string, width: number): ParameterShapes {
  return { [`${name}.weight`]: [width], [`${name}.bias`]: [width] };
}

/** The weight named, or `instead` where the checkpoint shares it, as output matrices are shared with embeddings. */
export function tied(parameters: Parameters, name: string, instead: string): Traced {
  return parameters[name] ?? parameter(parameters, instead);
}
