/** What is told of a graph, in types that name no package of ONNX: whoever reads them reads nothing else. */

/**
 * `self` in a graph with a single stack; `encoder`, `decoder` and `cross` where one attends to another. Where several towers stand side by
 * side, the second of a kind is `self-2`, and so on.
 */
export type GraphAttentionKind = "self" | "encoder" | "decoder" | "cross" | `${"self" | "encoder" | "decoder"}-${number}`;

export type InputRole =
  | "ids"
  | "mask"
  | "types"
  | "positions"
  | "targetIds"
  | "targetMask"
  | "pixels"
  | "past"
  | "usePast"
  | "lengths"
  | "totalLength"
  | "memory"
  | "memoryMask"
  | "other";

/** An input of a graph. Sizes that are not fixed have a name, or none (""). */
export interface GraphInput {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly (number | string)[];
  readonly role: InputRole;
}

/** One attention of a graph, with the names of the outputs that show it. */
export interface ExposedAttention {
  readonly kind: GraphAttentionKind;
  /** Counts from 0 within its kind, in the order of the graph. */
  readonly layer: number;
  /** The operation its weights come from. */
  readonly operation: string;
  /** The name of the node, which exporters make of the module's path. */
  readonly node: string;
  readonly outputs: { readonly weights: string; readonly query?: string; readonly keys?: string; readonly values?: string };
  /** The inputs of the graph that its queries are made of: those of a picture's tower are its pixels. */
  readonly reads: readonly string[];
  /** Those that its keys are made of. */
  readonly looksAt: readonly string[];
  /** Whether the keys come as [.., D, K]. */
  readonly keysTransposed: boolean;
}
