import type { NoteChanges, WrittenNote, WrittenScore } from "heed/language";
import { maskOf, readMaskChoice, writtenMask, type MaskChoice } from "./mask-choice.js";

type Matrix = readonly (readonly number[])[];

/** Numbers of a note that can be changed. */
export interface EditableArray {
  /** The field of the note. */
  readonly field: string;
  /** As formulas write it. */
  readonly symbol: string;
  readonly rows: Matrix;
  /** A label for each row, where rows are tokens. */
  readonly labels?: readonly string[];
}

/** The scores whose only difference is what q·k is multiplied by. */
export const scales = ["dot", "scaled", "cosine"] as const;
export type Scale = (typeof scales)[number];

/** What a reader has changed, or not yet. */
export interface Trial {
  readonly temperature: number;
  /** Absent where the score is of another kind. */
  readonly scale?: Scale;
  readonly mask: MaskChoice;
  /** By field. */
  readonly numbers: ReadonlyMap<string, Matrix>;
}

/** The values as they are saved. */
export function savedTrial(written: WrittenNote): Trial {
  const { source, temperature = 1, mask } = written;
  const kind = "score" in source ? source.score.kind : undefined;
  const scale = scales.find((name) => name === kind);
  return {
    temperature,
    ...(scale && { scale }),
    mask: readMaskChoice(mask, sizeOf(written)),
    numbers: new Map(editableArrays(written).map(({ field, rows }) => [field, rows])),
  };
}

/** Rows and columns of the weights. */
export function sizeOf({ source }: WrittenNote): { rows: number; columns: number } {
  switch (source.form) {
    case "weights":
      return { rows: source.shape.at(-2) ?? 0, columns: source.shape.at(-1) ?? 0 };
    case "vectors":
      return { rows: source.query.length, columns: source.keys.length };
    case "self":
      return { rows: source.vectors.length, columns: source.vectors.length };
    case "summary":
      return { rows: source.V.length, columns: source.H.length };
  }
}

/** The arrays of a note in the order of its formula. Keys that are the values too are one. */
export function editableArrays({ source, rows, columns }: WrittenNote): EditableArray[] {
  const [ofRows, ofColumns] = [labelsOf(rows), labelsOf(columns)];
  switch (source.form) {
    case "weights":
      return [];
    case "vectors": {
      const isShared = source.keys === source.values;
      return [
        ...make("query", "q", source.query, ofRows),
        ...make("keys", isShared ? "k = v" : "k", source.keys, ofColumns),
        ...(isShared ? [] : make("values", "v", source.values, ofColumns)),
        ...parametersOf(source.score),
      ];
    }
    case "self":
      return [
        ...make("vectors", "x", source.vectors, ofRows),
        ...make("Wq", "Wq", source.Wq),
        ...make("Wk", "Wk", source.Wk),
        ...make("Wv", "Wv", source.Wv),
        ...make("Wo", "Wo", source.Wo),
        ...parametersOf(source.score),
      ];
    case "summary":
      return [...make("H", "h", source.H, ofColumns), ...make("W", "W", source.W), ...make("V", "Va", source.V, ofRows)];
  }
}

/** An array that the note may lack. */
function make(field: string, symbol: string, rows: Matrix | undefined, labels?: readonly string[]): EditableArray[] {
  return rows ? [{ field, symbol, rows, ...(labels && { labels }) }] : [];
}

function labelsOf(axis: WrittenNote["rows"]): readonly string[] | undefined {
  return axis === undefined || Array.isArray(axis) ? axis : (axis as { tokens: readonly string[] }).tokens;
}

function parametersOf(score: WrittenScore): EditableArray[] {
  const { kind: _, ...parameters } = score;
  return Object.entries(parameters as Record<string, Matrix | readonly number[]>).map(([field, value]) => ({
    field,
    symbol: field,
    rows: isMatrix(value) ? value : [value],
  }));
}

const isMatrix = (value: Matrix | readonly number[]): value is Matrix => Array.isArray(value[0]);

/** The note with the changes in it, to be computed. */
export function changedNote(written: WrittenNote, trial: Trial): WrittenNote {
  const { mask: _, temperature: __, source, ...rest } = written;
  const mask = maskOf(trial.mask, sizeOf(written));
  return {
    ...rest,
    ...(mask && { mask }),
    ...(trial.temperature !== 1 && { temperature: trial.temperature }),
    source: changedSource(source, trial),
  };
}

function changedSource(source: WrittenNote["source"], { numbers, scale }: Trial): WrittenNote["source"] {
  const of = (field: string, before: Matrix): Matrix => numbers.get(field) ?? before;
  const optional = (field: string, before: Matrix | undefined): Record<string, Matrix> =>
    before ? { [field]: of(field, before) } : {};
  switch (source.form) {
    case "weights":
      return source;
    case "vectors": {
      const keys = of("keys", source.keys);
      const values = source.keys === source.values ? keys : of("values", source.values);
      return { ...source, query: of("query", source.query), keys, values, score: changedScore(source.score, numbers, scale) };
    }
    case "self":
      return {
        ...source,
        vectors: of("vectors", source.vectors),
        ...optional("Wq", source.Wq),
        ...optional("Wk", source.Wk),
        ...optional("Wv", source.Wv),
        ...optional("Wo", source.Wo),
        score: changedScore(source.score, numbers, scale),
      };
    case "summary":
      return { ...source, H: of("H", source.H), W: of("W", source.W), V: of("V", source.V) };
  }
}

function changedScore(score: WrittenScore, numbers: Trial["numbers"], scale: Scale | undefined): WrittenScore {
  if (scale) return { kind: scale };
  const changed = Object.entries(score).map(([name, value]: [string, unknown]) => {
    const rows = numbers.get(name);
    if (name === "kind" || !rows || !Array.isArray(value)) return [name, value];
    return [name, Array.isArray(value[0]) ? rows : rows[0]];
  });
  return Object.fromEntries(changed) as WrittenScore;
}

/** What has to be rewritten in the text; undefined where nothing differs. */
export function changesOf(written: WrittenNote, saved: Trial, trial: Trial): NoteChanges | undefined {
  const { mask, temperature, scale } = trial;
  const isMaskChanged = mask.causal !== saved.mask.causal || mask.lengths !== saved.mask.lengths;
  const numbers = [...trial.numbers].filter(([field, rows]) => !isEqual(rows, saved.numbers.get(field)));
  const changes: NoteChanges = {
    ...(temperature !== saved.temperature && { temperature }),
    ...(scale !== undefined && scale !== saved.scale && { score: scale }),
    ...(isMaskChanged && { mask: writtenMask(mask, sizeOf(written)) }),
    ...(numbers.length > 0 && { numbers: Object.fromEntries(numbers) }),
  };
  return Object.keys(changes).length > 0 ? changes : undefined;
}

function isEqual(a: Matrix, b: Matrix | undefined): boolean {
  return a.every((row, i) => row.every((x, j) => x === b?.[i]?.[j]));
}
