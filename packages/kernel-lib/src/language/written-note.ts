import type { AxisInput, NoteImage, NoteKind, NoteView } from "../note/index.js";

/** A number of one array or matrix, as the author wrote it. */
export type Matrix = readonly (readonly number[])[];

/** A score function with its parameters, as {@link attention} takes it. */
export type WrittenScore =
  | { readonly kind: "dot" | "scaled" | "cosine" }
  | { readonly kind: "general"; readonly W: Matrix }
  | { readonly kind: "concat"; readonly W: Matrix; readonly v: readonly number[] }
  | {
      readonly kind: "additive";
      readonly W: Matrix;
      readonly U: Matrix;
      readonly v: readonly number[];
      readonly b?: readonly number[];
    };

/** Where the weights come from. */
export type WrittenSource =
  | {
      readonly form: "weights";
      readonly shape: readonly number[];
      readonly weights: readonly number[];
      readonly normalised: boolean;
    }
  | {
      readonly form: "vectors";
      readonly query: Matrix;
      readonly keys: Matrix;
      readonly values: Matrix;
      readonly score: WrittenScore;
    }
  | {
      readonly form: "self";
      readonly vectors: Matrix;
      readonly score: WrittenScore;
      /** Absent for one attention over whole vectors. */
      readonly heads?: number;
      readonly Wq?: Matrix;
      readonly Wk?: Matrix;
      readonly Wv?: Matrix;
      readonly Wo?: Matrix;
    }
  | { readonly form: "summary"; readonly H: Matrix; readonly W: Matrix; readonly V: Matrix };

/** A written note that has been checked: evaluating it cannot go wrong any more except by overflow. Change a part and evaluate again. */
export interface WrittenNote {
  readonly kind: NoteKind;
  readonly title?: string;
  readonly rows?: AxisInput;
  readonly columns?: AxisInput;
  readonly heads?: AxisInput;
  readonly layers?: AxisInput;
  readonly image?: NoteImage;
  readonly view?: NoteView;
  /** [Q, K]: 1 where a key may be looked at. */
  readonly mask?: Matrix;
  /** What the scores are divided by before softmax. */
  readonly temperature?: number;
  readonly source: WrittenSource;
}
