/** How shapes are spoken of: every axis has a letter, and errors print letter and size together. */

/** The letters of an array whose own axes may stand behind a batch axis, or a batch and a head axis: `["Q", "D"]` at rank 3 is B, Q, D. */
function axisLetters(rank: number, own: readonly string[]): string[] {
  const leading = Math.max(0, rank - own.length);
  return [...["B", "H"].slice(0, leading), ...own.slice(own.length - Math.min(rank, own.length))];
}

/** A shape with its letters: `[Q=3, D=4]`. */
export function describeShape(shape: readonly number[], own: readonly string[]): string {
  const letters = axisLetters(shape.length, own);
  return `[${shape.map((size, axis) => `${letters[axis] ?? "?"}=${size}`).join(", ")}]`;
}

/** Whether axes fit together: equal, or 1 on either side, which repeats. */
export function canBroadcast(x: readonly number[], y: readonly number[]): boolean {
  return x.length === y.length && x.every((size, axis) => size === y[axis] || size === 1 || y[axis] === 1);
}

/** The sizes of two arrays together, where one may repeat along an axis of size 1. */
function broadcastShapes(x: readonly number[], y: readonly number[]): number[] {
  return x.map((size, axis) => (size === 1 ? (y[axis] ?? 1) : size));
}

/** The sizes and letters of scores, whose last two axes are Q and K. */
export interface ScoreShape {
  readonly shape: readonly number[];
  readonly axes: readonly string[];
}

/** The scores of queries [Q, D] with keys [K, D], behind any leading axes. */
export function shapeOfScores(query: readonly number[], keys: readonly number[]): ScoreShape {
  const shape = [...broadcastShapes(query.slice(0, -2), keys.slice(0, -2)), query.at(-2) ?? 1, keys.at(-2) ?? 1];
  return { shape, axes: axisLetters(shape.length, ["Q", "K"]) };
}

/** The letters of every tensor of a look at attention; a single query leaves out the axis Q. */
export function attentionAxes(leading: readonly string[], isSingle = false): Record<AttentionTensorName, string[]> {
  const Q = isSingle ? [] : ["Q"];
  return {
    query: [...leading, ...Q, "D"],
    keys: [...leading, "K", "D"],
    values: [...leading, "K", "V"],
    scores: [...leading, ...Q, "K"],
    weights: [...leading, ...Q, "K"],
    mask: [...leading, "Q", "K"],
    headOutput: [...leading, ...Q, "V"],
    output: [...leading, ...Q, "V"],
  };
}

type AttentionTensorName = "query" | "keys" | "values" | "scores" | "weights" | "mask" | "headOutput" | "output";
