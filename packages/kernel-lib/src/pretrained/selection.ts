import type { OptionNames } from "../checks/read-options.js";
import type { AttentionKind, FamilyModel, HeadName } from "./families/index.js";
import type { Selection } from "./model-runner.js";

/** What to compute and copy out of a model. */
export interface ModelAttendOptions {
  /** Layers, counted from 0; negative ones from the end. All of them unless given. */
  readonly layers?: readonly number[];
  /** Heads, counted from 0. All of them unless given. */
  readonly heads?: readonly number[];
  /** Of an encoder–decoder, which attention; all three unless given. */
  readonly kinds?: readonly AttentionKind[];
  /** Queries, keys and values too. */
  readonly vectors?: boolean;
  /** The scores too. */
  readonly scores?: boolean;
  /** The hidden states and `lastHiddenState` too. */
  readonly hidden?: boolean;
  /** Outputs of heads that the model has: `logits`, `pooled`, `classes`, `nextSentence`, `replaced`. */
  readonly outputs?: readonly HeadName[];
  /** Whether a text longer than the model reads is cut at its end (`truncated` says by how much); otherwise it is an error. */
  readonly truncate?: boolean;
  readonly signal?: AbortSignal;
}

/** The names of these options. */
export const attendNames: OptionNames<ModelAttendOptions> = {
  layers: true,
  heads: true,
  kinds: true,
  vectors: true,
  scores: true,
  hidden: true,
  outputs: true,
  truncate: true,
  signal: true,
};

/**
 * What a request asks for, checked against the model.
 *
 * @throws RangeError for a layer, head, kind or output the model does not have
 */
export function selectionOf(model: FamilyModel, heads: readonly HeadName[], options: ModelAttendOptions): Selection {
  const { sizes } = model;
  const known: Partial<Record<AttentionKind, { readonly layers: number; readonly heads: number }>> = {
    ...sizes,
    ...(sizes.encoder && sizes.decoder && { cross: sizes.decoder }),
  };
  const names = Object.keys(known) as AttentionKind[];
  const kinds = options.kinds ?? names;
  const attention: Record<string, { layers: number[]; heads: number[] }> = {};
  for (const kind of kinds) {
    const size = known[kind];
    if (size === undefined) throw new RangeError(`attend: expected kinds out of ${names.join(", ")}; got ${kind}`);
    attention[kind] = {
      layers: chosen("layers", options.layers, size.layers),
      heads: chosen("heads", options.heads, size.heads),
    };
  }
  const missing = options.outputs?.find((output) => !heads.includes(output));
  if (missing !== undefined) {
    const there =
      heads.length > 0 ? `out of ${heads.join(", ")}, whose weights the model has` : "none, as the model has no head";
    throw new RangeError(`attend: expected outputs ${there}; got ${missing}`);
  }
  const { vectors = false, scores = false, hidden = false, outputs = [] } = options;
  return { attention, vectors, scores, hidden, outputs };
}

function chosen(name: string, wanted: readonly number[] | undefined, size: number): number[] {
  if (wanted === undefined) return Array.from({ length: size }, (_, i) => i);
  return wanted.map((index) => {
    const at = index < 0 ? size + index : index;
    if (!Number.isInteger(at) || at < 0 || at >= size) {
      throw new RangeError(`attend: expected ${name} from 0 to ${size - 1}, or from the end −1 to −${size}; got ${index}`);
    }
    return at;
  });
}
