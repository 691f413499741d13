/** The training loop. */
import { describeValue } from "../checks/describe-value.js";
import { readOptions, type OptionNames } from "../checks/read-options.js";
import { compile, Random, sizeOf, type Given, type Returned, type Tensor } from "../engine/index.js";
import { letFinish, signalWith } from "../engine/interruption.js";
import { isTensorLike } from "../engine/tree.js";
import type { Batches } from "./batches.js";
import { decodeCheckpoint, encodeCheckpoint, type Best, type Checkpoint, type CheckpointStore } from "./checkpoint.js";
import { describeBadElements, TrainingError } from "./error.js";
import type { Model } from "./model.js";
import { mapNamed, unnamed, type Named } from "./named.js";
import { adam, type Optimiser } from "./optimiser.js";
import type { EndReason, Reporter, StepEvent, TrainingEvent, ValidationEvent } from "./report.js";
import { constantRate, type Schedule } from "./schedule.js";
import { badElementsOf, initialState, lossAloneOf, stepOf, validationOf, type Measured, type State } from "./step.js";
import type { Trained } from "./trained.js";

export interface TrainOptions<Batch> {
  /** `adam()` if not given */
  readonly optimiser?: Optimiser;
  /** The learning rate: a number, or a schedule. 1e-3 if not given. */
  readonly learningRate?: number | Schedule;
  /** @deprecated It is called `learningRate`. */
  readonly rate?: number | Schedule;
  /** The largest norm all gradients together may have; larger ones are scaled down to it. No limit if not given. */
  readonly clipNorm?: number;
  /** How many times all batches are gone through. 1 if neither this nor `steps` is given. */
  readonly epochs?: number;
  /** After how many steps to end, those before a resumed checkpoint included. */
  readonly steps?: number;
  /** Decides the order of examples and what dropout drops; a whole number from 0. 0 if not given. */
  readonly seed?: number;
  readonly validation?: ValidationOptions<Batch>;
  readonly checkpoint?: CheckpointOptions;
  /** Told of each step; see `TrainingEvent`. */
  readonly report?: Reporter;
  /**
   * When aborted, training ends after the step under way and returns what it has. So it does when the person interrupts the cell that
   * it was started in, also without a signal.
   */
  readonly signal?: AbortSignal;
  /** What computes; see `compile`. */
  readonly runner?: "onnx" | "jax";
  /** How many threads compute; as many as there are processor cores if not given. */
  readonly threads?: number;
}

export interface ValidationOptions<Batch> {
  /** Batches that are not learned from. */
  readonly batches: Batches<Given<Batch>>;
  /** How many steps lie between two validations; one at the end of each epoch if not given. */
  readonly interval?: number;
  /** @deprecated It is called `interval`. */
  readonly everySteps?: number;
  /** Ends training after so many validations without a lower loss. */
  readonly patience?: number;
}

export interface CheckpointOptions {
  readonly store: CheckpointStore;
  /** How many steps lie between two checkpoints; 1,000 if not given. There is one more at the end, whatever ends training. */
  readonly interval?: number;
  /** @deprecated It is called `interval`. */
  readonly everySteps?: number;
  /** Whether to go on from the checkpoint in the store, if there is one. True if not given. */
  readonly resume?: boolean;
}

/**
 * Trains a model: for every batch one step of loss, gradients, clipping and optimiser, as one compiled program.
 *
 * The same seed, batches and model give the same numbers, bit for bit, also when training is stopped and resumed from a checkpoint. Each
 * batch shape is prepared once; pad to few lengths (`padded`, `multipleOf`).
 *
 * @throws TrainingError when the loss or a gradient is NaN or infinite: it says at which step and where, and holds everything up to the step
 * before. RangeError when an option has no meaning.
 * @example
 * ```ts
 * import { ops, tensor, training } from "heed/program";
 * const model = {
 *   parameters: { slope: tensor([0]) },
 *   loss: (p: { slope: ops.Traced }, batch: { x: ops.Traced; y: ops.Traced }) =>
 *     training.meanSquaredError(ops.multiply(batch.x, p.slope), batch.y),
 * };
 * const batches = [{ x: tensor([1, 2, 3]), y: tensor([2, 4, 6]) }];
 * const { parameters, steps } = await training.train(model, batches, { steps: 100, learningRate: 0.1 });
 * console.log(parameters.slope.data, steps.at(-1)?.loss); // Float32Array [2.01] 0.000
 * ```
 */
export function train<Parameters, Batch>(
  model: Model<Parameters, Batch>,
  batches: Batches<Given<Batch>>,
  options: TrainOptions<Batch> = {},
): Promise<Trained<Parameters>> {
  return letFinish(trainToEnd(model, batches, options));
}

async function trainToEnd<Parameters, Batch>(
  model: Model<Parameters, Batch>,
  batches: Batches<Given<Batch>>,
  options: TrainOptions<Batch>,
): Promise<Trained<Parameters>> {
  if (typeof batches !== "function" && !(Array.isArray(batches) && batches.length > 0)) {
    throw new TypeError(
      `train: expected batches, a list of at least one or a function that makes them; got ${describeValue(batches)}`,
    );
  }
  const training = new Training(model, options);
  try {
    return await training.run(batches);
  } finally {
    await training.close();
  }
}

type Run<Inputs extends unknown[], Output> = ((...inputs: Inputs) => Promise<Output>) & { clear(): Promise<void> };

class Training<Parameters, Batch> {
  readonly #model: Model<Parameters, Batch>;
  readonly #options: TrainOptions<Batch>;
  readonly #random: Random;
  readonly #step: Run<[State<Tensor>, unknown, Tensor], [State<Tensor>, Measured<Tensor>]>;
  readonly #validate: Run<[Named<Tensor>, unknown], { loss: Tensor; count: Tensor; metrics: Named<Tensor> }>;
  readonly #steps: StepEvent[] = [];
  readonly #validations: ValidationEvent[] = [];
  #at: Checkpoint;
  /** States that others may still read: the first one, the best, those of checkpoints. */
  readonly #shared = new WeakSet<State<Tensor>>();
  readonly #signal: AbortSignal | undefined;
  #yielded = performance.now();

  constructor(model: Model<Parameters, Batch>, options: TrainOptions<Batch>) {
    requireModel(model);
    const checked = requireOptions(options);
    this.#signal = signalWith(checked.signal);
    const { optimiser = adam(), learningRate = 1e-3, clipNorm, seed = 0, runner, threads } = checked;
    this.#model = model;
    this.#options = checked;
    this.#random = new Random(seed);
    const compileOptions = { ...(runner && { runner }), ...(threads !== undefined && { threads }), cacheSize: 32 };
    const schedule = typeof learningRate === "number" ? constantRate(learningRate) : learningRate;
    this.#step = compile(stepOf(model, { optimiser, schedule, clipNorm }), compileOptions) as never;
    this.#validate = compile(validationOf(model), compileOptions) as never;
    const state = initialState(model, optimiser);
    this.#at = { state, epoch: 0, batches: 0, seed, optimiser: optimiser.name, best: undefined };
    this.#shared.add(state);
  }

  async close(): Promise<void> {
    await Promise.all([this.#step.clear(), this.#validate.clear()]);
  }

  async run(batches: Batches<Given<Batch>>): Promise<Trained<Parameters>> {
    const { checkpoint, steps, epochs = steps === undefined ? 1 : Infinity } = this.#options;
    if (checkpoint && checkpoint.resume !== false) await this.#resume(checkpoint.store);
    this.#report({
      kind: "start",
      parameters: Object.values(this.#at.state.parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
      step: this.#stepsMade,
      steps,
      epochs: Number.isFinite(epochs) ? epochs : undefined,
    });
    let reason: EndReason | undefined;
    while (reason === undefined && this.#at.epoch < epochs) reason = await this.#epochOrInterruption(batches);
    return this.#end(reason ?? "finished");
  }

  /** An epoch; what is under way in it, such as making a batch, may end with the signal's reason. */
  async #epochOrInterruption(batches: Batches<Given<Batch>>): Promise<EndReason | undefined> {
    try {
      return await this.#epoch(batches);
    } catch (error) {
      if (this.#signal?.aborted && error === this.#signal.reason) return "interrupted";
      throw error;
    }
  }

  get #stepsMade(): number {
    return this.#at.state.step.data[0] ?? 0;
  }

  /** Goes through the batches of an epoch that are not done yet. */
  async #epoch(batches: Batches<Given<Batch>>): Promise<EndReason | undefined> {
    const { epoch, batches: done } = this.#at;
    let count = 0;
    for await (const batch of batchesOfEpoch(batches, this.#random, epoch)) {
      if (count++ < done) continue;
      const reason = await this.#beforeStep();
      if (reason) return reason;
      await this.#makeStep(batch, count);
      const { validation, checkpoint } = this.#options;
      const step = this.#stepsMade;
      if (validation?.interval !== undefined && step % validation.interval === 0 && (await this.#look()))
        return "no improvement";
      if (checkpoint && step % (checkpoint.interval ?? 1000) === 0) await this.#save();
    }
    if (count === 0) throw new RangeError(`train: expected batches; epoch ${epoch} has none`);
    this.#at = { ...this.#at, epoch: epoch + 1, batches: 0 };
    const { validation } = this.#options;
    if (validation && validation.interval === undefined && (await this.#look())) return "no improvement";
    return undefined;
  }

  async #beforeStep(): Promise<EndReason | undefined> {
    const { steps = Infinity } = this.#options;
    // lets timers, messages and an interrupt in, at least every 50 ms
    if (performance.now() - this.#yielded > 50) {
      await new Promise<void>(afterOthers);
      this.#yielded = performance.now();
    }
    if (this.#signal?.aborted) return "interrupted";
    return this.#stepsMade >= steps ? "finished" : undefined;
  }

  async #makeStep(batch: Given<Batch>, batches: number): Promise<void> {
    const before = this.#at;
    const start = performance.now();
    const { key } = this.#random.fork("step", this.#stepsMade);
    const [state, { loss, rate, gradientNorm, metrics }] = await this.#step(before.state, batch, key);
    const event: StepEvent = {
      kind: "step",
      step: state.step.data[0] ?? 0,
      epoch: before.epoch,
      loss: numberOf(loss),
      rate: numberOf(rate),
      gradientNorm: numberOf(gradientNorm),
      metrics: mapNamed(metrics, numberOf),
      milliseconds: performance.now() - start,
    };
    if (!Number.isFinite(event.loss) || !Number.isFinite(event.gradientNorm)) await this.#refuse(event, batch, key);
    this.#at = { ...before, state, batches };
    if (!this.#shared.has(before.state)) release(before.state);
    this.#steps.push(event);
    this.#report(event);
  }

  /** A step with a NaN or an infinity in it is not taken: says where it is, and hands over what there was before. */
  async #refuse(event: StepEvent, batch: Given<Batch>, key: Tensor): Promise<never> {
    const { runner } = this.#options;
    const find = compile(badElementsOf(this.#model), { ...(runner && { runner }) });
    const { parameters } = this.#at.state;
    const found = await find(parameters as never, batch as never, key);
    await find.clear();
    const where = [describeBadElements(found, parameters, event.loss), ...(await this.#originOf(batch, key))].join("; ");
    throw new TrainingError(event, where, await this.#end("not finite"));
  }

  /** Where in the loss, or in the batch, a number is the first that is not finite. */
  async #originOf(batch: Given<Batch>, key: Tensor): Promise<string[]> {
    const { runner } = this.#options;
    const look = compile(lossAloneOf(this.#model), { ...(runner && { runner }), checkFinite: true, name: "train" });
    try {
      await look(this.#at.state.parameters as never, batch as never, key);
      return [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [error.message.replace(/^train: /, "")];
    } finally {
      await look.clear();
    }
  }

  /** Validates; returns whether it is time to stop. */
  async #look(): Promise<boolean> {
    const { validation } = this.#options;
    if (!validation) return false;
    const { state, epoch, best: before } = this.#at;
    const sums = new Map<string, number>();
    let total = 0;
    const sum = (name: string, value: number): unknown => sums.set(name, (sums.get(name) ?? 0) + value);
    for await (const batch of batchesOfEpoch(validation.batches, this.#random.fork("validation"), 0)) {
      const { loss, count, metrics } = await this.#validate(state.parameters, batch);
      const weight = numberOf(count);
      total += weight;
      for (const [name, value] of Object.entries({ ...metrics, loss })) sum(name, weight * numberOf(value));
    }
    if (total === 0) throw new RangeError("train: expected something to validate on; the validation batches count nothing");
    const { loss = Number.NaN, ...metrics } = Object.fromEntries([...sums].map(([name, value]) => [name, value / total]));
    const step = this.#stepsMade;
    const isBest = before === undefined || loss < before.loss;
    if (isBest) this.#shared.add(state);
    const best: Best = isBest ? { loss, step, parameters: state.parameters, since: 0 } : { ...before, since: before.since + 1 };
    this.#at = { ...this.#at, best };
    const event: ValidationEvent = { kind: "validation", step, epoch, loss, metrics, isBest };
    this.#validations.push(event);
    this.#report(event);
    return validation.patience !== undefined && best.since >= validation.patience;
  }

  async #resume(store: CheckpointStore): Promise<void> {
    const stored = await store.load();
    if (!stored) return;
    const found = decodeCheckpoint(stored, this.#at);
    if (found.seed !== this.#at.seed) {
      throw new RangeError(
        `train: the checkpoint was made with seed ${found.seed}; give that seed instead of ${this.#at.seed}, or resume: false`,
      );
    }
    this.#at = found;
    this.#shared.add(found.state);
  }

  async #save(): Promise<void> {
    const { checkpoint } = this.#options;
    if (!checkpoint) return;
    this.#shared.add(this.#at.state);
    await checkpoint.store.save(encodeCheckpoint(this.#at));
    this.#report({ kind: "checkpoint", step: this.#stepsMade });
  }

  async #end(reason: EndReason): Promise<Trained<Parameters>> {
    await this.#save();
    const checkpoint = this.#at;
    // the last steps of an unfinished epoch; not in the checkpoint, so that going on is as if it had never stopped
    if (reason === "finished" && this.#validations.at(-1)?.step !== this.#stepsMade) await this.#look();
    this.#report({ kind: "end", step: this.#stepsMade, reason });
    const { best, state } = this.#at;
    const parameters = unnamed(this.#model.parameters, isTensorLike, best?.parameters ?? state.parameters);
    return {
      parameters: parameters as Returned<Parameters>,
      reason,
      checkpoint,
      steps: this.#steps,
      validations: this.#validations,
    };
  }

  #report(event: TrainingEvent): void {
    this.#options.report?.(event);
  }
}

/**
 * Gives the memory of a state back that nobody reads any more. The garbage collector would find it late, and because of it run often: a state
 * is three times the size of the model, and each step makes one.
 */
function release({ parameters, optimiser }: State<Tensor>): void {
  const tensors = [parameters, ...Object.values(optimiser)].flatMap((named) => Object.values(named));
  for (const { data } of tensors) (data.buffer as ArrayBuffer).transfer?.(0);
}

/** Calls back when what waits has had its turn; with `setTimeout`, which a browser has, at least a millisecond later. */
const afterOthers = (call: () => void): unknown => (globalThis.setImmediate ?? setTimeout)(call);

const numberOf = ({ data }: Tensor): number => data[0] ?? Number.NaN;

function batchesOfEpoch<Batch>(batches: Batches<Batch>, random: Random, epoch: number): Iterable<Batch> | AsyncIterable<Batch> {
  return typeof batches === "function" ? batches(random.fork("epoch", epoch), epoch) : batches;
}

function requireModel(model: object): void {
  const isModel =
    typeof model === "object" && model !== null && "loss" in model && typeof model.loss === "function" && "parameters" in model;
  if (!isModel) throw new TypeError(`train: expected a model, { parameters, loss }; got ${describeValue(model)}`);
}

const optionNames: OptionNames<TrainOptions<unknown>> = {
  optimiser: true,
  learningRate: true,
  rate: { now: "learningRate" },
  clipNorm: true,
  epochs: true,
  steps: true,
  seed: true,
  validation: true,
  checkpoint: true,
  report: true,
  signal: true,
  runner: true,
  threads: true,
};

/** The options as they are called now. */
function requireOptions<Batch>(options: TrainOptions<Batch>): TrainOptions<Batch> {
  const read = readOptions("train", options, optionNames);
  const { epochs, steps, clipNorm, learningRate } = read;
  const interval = { interval: true, everySteps: { now: "interval" } } as const;
  const validation =
    read.validation && readOptions("train: validation", read.validation, { batches: true, ...interval, patience: true });
  const checkpoint =
    read.checkpoint && readOptions("train: checkpoint", read.checkpoint, { store: true, ...interval, resume: true });
  if (learningRate !== undefined && typeof learningRate !== "number" && typeof learningRate !== "function") {
    throw new TypeError(`train: expected learningRate to be a number or a schedule; got ${describeValue(learningRate)}`);
  }
  const whole = {
    epochs,
    steps,
    "validation.interval": validation?.interval,
    "validation.patience": validation?.patience,
    "checkpoint.interval": checkpoint?.interval,
  };
  for (const [name, value] of Object.entries(whole)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new RangeError(`train: expected ${name} to be a whole number ≥ 1; got ${describeValue(value)}`);
    }
  }
  if (clipNorm !== undefined && !(clipNorm > 0)) throw new RangeError(`train: expected clipNorm above 0; got ${clipNorm}`);
  return { ...read, ...(validation && { validation }), ...(checkpoint && { checkpoint }) } as TrainOptions<Batch>;
}
