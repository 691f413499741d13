/** One step of training as one program: loss, gradients, their norm, clipping, the learning rate and the optimiser. */
import { sizeOf, tensor, valueAndGrad, type Tensor } from "../engine/index.js";
import { abs, add, cast, lessEqual, ones, subtract, sum, type Traced } from "../engine/ops.js";
import { isTraced } from "../engine/ops/array.js";
import { isTensorLike } from "../engine/tree.js";
import { clipFactor, globalNorm } from "./clip.js";
import type { Loss, Model } from "./model.js";
import { mapNamed, named, unnamed, type Named } from "./named.js";
import type { Optimiser, OptimiserState } from "./optimiser.js";
import { packingOf, type Packing } from "./pack.js";
import type { Schedule } from "./schedule.js";

/** Everything that changes from step to step. */
export interface State<Leaf> {
  readonly parameters: Named<Leaf>;
  readonly optimiser: OptimiserState<Leaf>;
  /** How many steps have been made: float32, exact up to 16 million. */
  readonly step: Leaf;
}

/** What a step tells besides the next state; each one number. */
export interface Measured<Leaf> {
  readonly loss: Leaf;
  readonly rate: Leaf;
  /** The norm of all gradients before clipping. */
  readonly gradientNorm: Leaf;
  readonly metrics: Named<Leaf>;
}

export interface StepOptions {
  readonly optimiser: Optimiser;
  readonly schedule: Schedule;
  /** The largest norm all gradients together may have; larger ones are scaled down to it. */
  readonly clipNorm?: number | undefined;
}

/** The state before the first step. */
export function initialState<Parameters, Batch>(model: Model<Parameters, Batch>, optimiser: Optimiser): State<Tensor> {
  const parameters = mapNamed(named(model.parameters, isTensorLike), (value) => tensor(value));
  return { parameters, optimiser: optimiser.initial(packingFor(model, optimiser).shapes), step: tensor(0) };
}

function packingFor<Parameters, Batch>(model: Model<Parameters, Batch>, optimiser: Optimiser): Packing {
  const shapes = mapNamed(named(model.parameters, isTensorLike), (value) => tensor(value).shape);
  return packingOf(shapes, (name, other) => optimiser.treatsAlike(name, other));
}

/** The program of a step: state, batch and key → the next state and what was measured. */
export function stepOf<Parameters, Batch>(
  model: Model<Parameters, Batch>,
  { optimiser, schedule, clipNorm }: StepOptions,
): (state: State<Traced>, batch: Batch, key: Traced) => [State<Traced>, Measured<Traced>] {
  const { pack, unpack } = packingFor(model, optimiser);
  return function trainingStep({ parameters, optimiser: before, step }, batch, key) {
    const [[loss, { metrics }], given] = gradientsOf(model, parameters, batch, key);
    const gradients = pack(given);
    const norm = globalNorm(gradients);
    const factor = clipNorm === undefined ? 1 : clipFactor(norm, clipNorm);
    const now = add(step, 1);
    const rate = schedule(now);
    const updated = optimiser.update(pack(parameters), gradients, before, rate, factor);
    return [
      { parameters: unpack(updated.parameters), optimiser: updated.state, step: now },
      { loss, rate, gradientNorm: norm, metrics },
    ];
  };
}

/** The program of validation: the loss without dropout, and over how many things it is a mean. */
export function validationOf<Parameters, Batch>(
  model: Model<Parameters, Batch>,
): (parameters: Named<Traced>, batch: Batch) => { loss: Traced; count: Traced; metrics: Named<Traced> } {
  return function validation(parameters, batch) {
    return lossOf(model, parameters, batch, undefined);
  };
}

/** The program of the loss alone, as it is in a step. */
export function lossAloneOf<Parameters, Batch>(
  model: Model<Parameters, Batch>,
): (parameters: Named<Traced>, batch: Batch, key: Traced) => { loss: Traced } {
  return function loss(parameters, batch, key) {
    return { loss: lossOf(model, parameters, batch, key).loss };
  };
}

/** The program that finds what is NaN or infinite in a step: for the loss and each parameter's gradient, how many elements. */
export function badElementsOf<Parameters, Batch>(
  model: Model<Parameters, Batch>,
): (
  parameters: Named<Traced>,
  batch: Batch,
  key: Traced,
) => { loss: Traced; gradients: Named<Traced>; parameters: Named<Traced> } {
  return function badElements(parameters, batch, key) {
    const [[loss], gradients] = gradientsOf(model, parameters, batch, key);
    return { loss: countBad(loss), gradients: mapNamed(gradients, countBad), parameters: mapNamed(parameters, countBad) };
  };
}

const largestFloat = 3.4028234663852886e38;

/** How many elements are NaN or infinite. NaN compares as false with everything, so what is counted is the elements that are not. */
function countBad(x: Traced): Traced {
  const good = sum(cast(lessEqual(abs(x), largestFloat), "float32"));
  return subtract(sizeOf(x.shape), good);
}

function gradientsOf<Parameters, Batch>(
  model: Model<Parameters, Batch>,
  parameters: Named<Traced>,
  batch: Batch,
  key: Traced,
): [[Traced, { readonly metrics: Named<Traced> }], Named<Traced>] {
  const run = (given: Named<Traced>): readonly [Traced, { metrics: Named<Traced> }] => {
    const { loss, metrics } = lossOf(model, given, batch, key);
    return [loss, { metrics }];
  };
  return valueAndGrad(run, { auxiliary: true })(parameters);
}

function lossOf<Parameters, Batch>(
  model: Model<Parameters, Batch>,
  parameters: Named<Traced>,
  batch: Batch,
  key: Traced | undefined,
): Required<Loss> {
  const tree = unnamed(model.parameters, isTensorLike, parameters) as Parameters;
  const result = model.loss(tree, batch, key);
  const { loss, count = ones([]), metrics = {} } = isTraced(result) ? { loss: result } : result;
  for (const [name, value] of Object.entries({ loss, count, ...metrics })) {
    if (isTraced(value) && value.shape.length === 0) continue;
    const got = isTraced(value) ? `[${value.shape.join(", ")}]` : typeof value;
    throw new TypeError(`train: expected the model's ${name} to be one number, []; got ${got}. Sum or average it first`);
  }
  return { loss, count: cast(count, "float32"), metrics };
}
