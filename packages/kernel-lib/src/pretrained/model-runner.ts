import { compile, ops, tensor, type Compiled, type Tensor, type Traced } from "../engine/index.js";
import type {
  AttentionKind,
  FamilyModel,
  HeadName,
  HeadsTrace,
  ModelInputs,
  ModelTrace,
  Parameters,
} from "./families/index.js";
import { lastHiddenState } from "./families/family.js";

/** What is computed and copied out of a model; nothing else is. */
export interface Selection {
  readonly attention: Readonly<
    Partial<Record<AttentionKind, { readonly layers: readonly number[]; readonly heads: readonly number[] }>>
  >;
  /** Besides the weights, queries, keys and values. */
  readonly vectors: boolean;
  /** Besides the weights, the scores. */
  readonly scores: boolean;
  readonly hidden: boolean;
  readonly outputs: readonly HeadName[];
}

/** The attention of one layer, [B, H, …]. */
export type LayerOutputs = { readonly weights: Tensor } & Partial<Record<"query" | "keys" | "values" | "scores", Tensor>>;

/** What a model gave for a batch. */
export interface RawOutputs {
  readonly attention: Readonly<Partial<Record<AttentionKind, readonly LayerOutputs[]>>>;
  /** L + 1 arrays [B, T, width] of each stack. */
  readonly hidden: Readonly<Partial<Record<"encoder" | "decoder", readonly Tensor[]>>>;
  /** [B, T, width], with the hidden states. */
  readonly lastHiddenState?: Tensor;
  readonly outputs: Readonly<Partial<Record<HeadName, Tensor>>>;
}

type TracedOutputs = {
  attention: Partial<Record<AttentionKind, Record<string, Traced>[]>>;
  hidden: Partial<Record<"encoder" | "decoder", Traced[]>>;
  lastHiddenState?: Traced;
  outputs: Partial<Record<HeadName, Traced>>;
};

/** The arrays a model reads, by name. */
export type GivenInputs = Readonly<Partial<Record<keyof ModelInputs, Tensor>>>;

/** Prepared programs hold the weights in the runtime's own layout, so only these many are kept: kinds of request × shapes. */
const mostRequests = 4;
const mostShapes = 4;

/** A model's weights with the programs that have been made of them. */
export class ModelRunner {
  readonly model: FamilyModel;
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly #programs = new Map<string, Compiled<(inputs: Record<string, Traced>) => unknown>>();

  constructor(model: FamilyModel, weights: Readonly<Record<string, Tensor>>) {
    this.model = model;
    this.weights = weights;
  }

  /** Runs the model on a batch and gives what was selected. */
  async run(inputs: GivenInputs, selection: Selection, signal?: AbortSignal): Promise<RawOutputs> {
    const { model } = this;
    return this.call(
      JSON.stringify(selection),
      (parameters, given) => select(model, parameters, model.run(parameters, given), selection),
      inputs,
      signal,
    ) as Promise<RawOutputs>;
  }

  /**
   * Runs a program of the model's weights. It is prepared once for each `key` and shape of the inputs; what has not been used for
   * longest is forgotten.
   */
  async call<Output>(
    key: string,
    program: (parameters: Parameters, inputs: Record<string, Traced>) => Output,
    inputs: Readonly<Record<string, Tensor | undefined>>,
    signal?: AbortSignal,
  ): Promise<unknown> {
    let compiled = this.#programs.get(key);
    this.#programs.delete(key);
    compiled ??= compile(program as (parameters: Parameters, inputs: Record<string, Traced>) => unknown, {
      weights: this.weights,
      cacheSize: mostShapes,
      name: "model",
    }) as Compiled<(inputs: Record<string, Traced>) => unknown>;
    this.#programs.set(key, compiled);
    if (this.#programs.size > mostRequests) {
      const [oldest = "", forgotten] = this.#programs.entries().next().value ?? [];
      this.#programs.delete(oldest);
      await forgotten?.clear();
    }
    const given = Object.fromEntries(
      Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] !== undefined),
    );
    return (signal ? compiled.with({ signal }) : compiled)(given);
  }

  /** Forgets every prepared program. */
  async dispose(): Promise<void> {
    const programs = [...this.#programs.values()];
    this.#programs.clear();
    await Promise.all(programs.map((program) => program.clear()));
  }
}

function select(model: FamilyModel, parameters: Parameters, trace: ModelTrace, selection: Selection): TracedOutputs {
  const result: TracedOutputs = { attention: {}, hidden: {}, outputs: {} };
  for (const [kind, { layers, heads }] of Object.entries(selection.attention) as [
    AttentionKind,
    { layers: readonly number[]; heads: readonly number[] },
  ][]) {
    const stack = attentionOf(trace, kind);
    result.attention[kind] = layers.map((layer) => {
      const one = stack[layer];
      if (one === undefined) throw new Error(`internal: the model has no layer ${layer} of kind ${kind}`);
      const all = one.weights.shape[1] ?? 0;
      const cut = (x: Traced): Traced =>
        heads.length === all ? x : ops.take(x, ops.constant(tensor(Int32Array.from(heads))), 1);
      return {
        weights: cut(one.weights),
        ...(selection.vectors && { query: cut(one.query), keys: cut(one.keys), values: cut(one.values) }),
        ...(selection.scores && { scores: cut(one.scores) }),
      };
    });
  }
  if (selection.hidden) {
    if (trace.encoder) result.hidden.encoder = trace.encoder.hidden;
    if (trace.decoder) result.hidden.decoder = trace.decoder.hidden;
    result.lastHiddenState = lastHiddenState(model, parameters, trace);
  }
  for (const name of selection.outputs) {
    const head = model.heads[name];
    if (head) result.outputs[name] = head.run(parameters, trace);
  }
  return result;
}

/** The layers of one kind of attention. */
export function attentionOf(trace: ModelTrace, kind: AttentionKind): readonly HeadsTrace[] {
  if (kind === "cross") return trace.cross ?? [];
  return trace[kind]?.attention ?? [];
}
