import { ops, tensor, valueAndGrad, type Tensor, type Traced } from "../engine/index.js";
import type { AttentionKind, FamilyModel, HeadName } from "./families/index.js";
import { lastHiddenState } from "./families/family.js";
import { makeBatch } from "./batch.js";
import { ownKind, type ComparedOutput } from "./ablation.js";
import type { EncodedInput } from "./model-input.js";
import { attentionOf, type LayerOutputs, type RawOutputs, type ModelRunner } from "./model-runner.js";

export interface GradientOptions {
  /** Which output; `hidden` is the last hidden state [T, width]. */
  readonly output: ComparedOutput;
  /** Which number of it: of `logits` [token, id], of `classes` [class]. */
  readonly index: readonly number[];
  /** Which attention; that of the model's own tokens unless given. */
  readonly kind?: AttentionKind;
  readonly signal?: AbortSignal;
}

interface Parts {
  readonly model: FamilyModel;
  readonly heads: readonly HeadName[];
}

/**
 * a ⊙ ∂y/∂a for every layer and head, y one number of the output: to first order, how much y would lose if a cell were 0.
 *
 * @see Barkan et al. 2021, "Grad-SAM"; Chefer et al. 2021, "Generic Attention-model Explainability" (there with ReLU, mean over heads)
 */
export async function gradientTimesAttention(
  { model, heads }: Parts,
  runner: ModelRunner,
  example: EncodedInput,
  { output, index, kind = ownKind(model), signal }: GradientOptions,
): Promise<RawOutputs> {
  const head = output === "hidden" ? undefined : model.heads[output];
  if (output !== "hidden" && (head === undefined || !heads.includes(output))) {
    throw new RangeError(`gradientTimesAttention: expected an output out of ${["hidden", ...heads].join(", ")}; got ${output}`);
  }
  const result = await runner.call(
    `gradient ${output} ${kind} ${index.join()}`,
    (parameters, inputs) => {
      const shapes = attentionOf(model.run(parameters, inputs), kind).map(({ weights }) => weights.shape);
      // The weights are differentiated by adding zeros to them.
      const loss = (added: readonly Traced[]): readonly [Traced, Traced[]] => {
        const seen: Traced[] = [];
        const trace = model.run(parameters, inputs, (weights, at) => {
          if (at.kind !== kind) return weights;
          seen[at.layer] = weights;
          return ops.add(weights, added[at.layer] ?? 0);
        });
        const y = head ? head.run(parameters, trace) : lastHiddenState(model, parameters, trace);
        return [numberAt(y, index), seen];
      };
      const zeros = shapes.map((shape) => ops.zeros(shape));
      const [[, seen], gradients] = valueAndGrad(loss, { auxiliary: true })(zeros);
      return seen.map((weights, layer) => ops.multiply(weights, gradients[layer] ?? 0));
    },
    makeBatch([example], model),
    signal,
  );
  const layers = (result as Tensor[]).map((weights): LayerOutputs => ({ weights }));
  return { attention: { [kind]: layers }, hidden: {}, outputs: {} };
}

/** One number of an output [1, …]. */
function numberAt(y: Traced, index: readonly number[]): Traced {
  const shape = y.shape.slice(1);
  const isInside =
    index.length === shape.length && index.every((i, axis) => Number.isInteger(i) && i >= 0 && i < (shape[axis] ?? 0));
  if (!isInside) {
    throw new RangeError(
      `gradientTimesAttention: expected an index into an output [${shape.join(", ")}]; got [${index.join(", ")}]`,
    );
  }
  const chosen = index.map((i, axis) => ops.constant(tensor(oneAt(i, shape[axis] ?? 1))));
  let rest = ops.squeeze(y, 0);
  for (const one of chosen.toReversed()) rest = ops.sum(ops.multiply(rest, one), -1);
  return rest;
}

function oneAt(i: number, size: number): Float32Array {
  const data = new Float32Array(size);
  data[i] = 1;
  return data;
}
