import { readChoice, readNumber } from "./check.js";
import { encodeArray, exactCells } from "./encode.js";
import { fail } from "./error.js";
import { toPlainTensor, type NoteNumbers, type PlainTensor } from "./numbers.js";
import {
  detailNames,
  parameterNames,
  scoreNames,
  type DetailName,
  type EncodedArray,
  type NoteScore,
  type ScoreName,
} from "./schema.js";

/** How the scores were made, with the parameters as numbers. */
export interface ScoreInput {
  readonly name: ScoreName;
  readonly scale?: number;
  readonly temperature?: number;
  /** Under their names in the formula: W, U, V, v, b. */
  readonly parameters?: Readonly<Record<string, NoteNumbers>>;
}

/** What a note may store beside the weights, for a view to derive a cell from. */
export interface DetailInput {
  /** Scores as the score function gives them, before temperature, mask and softmax; in the shape of the weights. */
  readonly scores?: NoteNumbers;
  /** Vectors [heads…, positions, width]; the leading axes may be absent. */
  readonly query?: NoteNumbers;
  readonly keys?: NoteNumbers;
  readonly values?: NoteNumbers;
  readonly output?: NoteNumbers;
  readonly score?: ScoreInput;
  /** All of these (`all`), nothing (`none`), or what is small: all, else the scores, else nothing (`auto`, where absent). */
  readonly detail?: "auto" | "all" | "none";
}

/** `detail: "auto"` stores scores, vectors and parameters up to this many numbers in all: 88 kB at two bytes each. */
export const detailCells = 32_768;

/** The scores, vectors and parameters that are to be stored, exactly (`f32`) or, where many, in two bytes each. */
export function encodeDetails(
  input: DetailInput,
  weights: readonly number[],
): { [Name in DetailName]?: EncodedArray } & { score?: NoteScore } {
  const details = detailNames.flatMap((name) => {
    const numbers = input[name];
    if (numbers === undefined) return [];
    const tensor = asMatrices(toPlainTensor(numbers, `note.${name}`));
    checkDetailShape(name, tensor.shape, weights);
    return [[name, tensor] as const];
  });
  const parameters = Object.entries(input.score?.parameters ?? {}).map(([name, numbers]) => {
    const path = `note.score.parameters.${name}`;
    return [readChoice(name, path, parameterNames), toPlainTensor(numbers, path)] as const;
  });
  const total = [...details, ...parameters].reduce((sum, [, { data }]) => sum + data.length, 0);
  const detail = input.detail ?? "auto";
  const keepsAll = detail === "all" || (detail === "auto" && total <= detailCells);
  const keepsScores = detail === "auto" && details.some(([name, { data }]) => name === "scores" && data.length <= detailCells);
  const kept = details.filter(([name]) => keepsAll || (keepsScores && name === "scores"));
  return {
    ...Object.fromEntries(kept.map(([name, tensor]) => [name, encodeDetail(tensor)])),
    ...(input.score && { score: encodeScore(input.score, keepsAll ? parameters : []) }),
  };
}

function encodeScore(
  { name, scale, temperature }: ScoreInput,
  parameters: readonly (readonly [string, PlainTensor])[],
): NoteScore {
  return {
    name: readChoice(name, "note.score.name", scoreNames),
    ...(scale !== undefined && { scale: readNumber(scale, "note.score.scale") }),
    ...(temperature !== undefined && { temperature: readNumber(temperature, "note.score.temperature") }),
    ...(parameters.length > 0 && {
      parameters: Object.fromEntries(parameters.map(([parameter, tensor]) => [parameter, encodeDetail(tensor)])),
    }),
  };
}

function encodeDetail(tensor: PlainTensor): EncodedArray {
  if (tensor.data.length <= exactCells) return encodeArray(tensor, "f32");
  const fits = Array.prototype.every.call(tensor.data, (value: number) => Math.abs(value) <= 65_504);
  return encodeArray(tensor, fits ? "f16" : "f32");
}

/** One vector is one row. */
function asMatrices({ shape, data }: PlainTensor): PlainTensor {
  return { shape: shape.length === 1 ? [1, ...shape] : shape, data };
}

/** Throws unless the leading axes are those of the weights, or absent, and the positions are its rows or columns. */
export function checkDetailShape(
  name: DetailName,
  shape: readonly number[],
  weights: readonly number[],
  path: string = `note.${name}`,
): void {
  const [rows, columns] = weights.slice(-2);
  const positions = name === "keys" || name === "values" ? columns : rows;
  const leading = shape.slice(0, -2);
  const isLeadingRight = leading.length === 0 || leading.join() === weights.slice(0, -2).join();
  const isRight = name === "scores" ? shape.join() === weights.join() : isLeadingRight && shape.at(-2) === positions;
  if (isRight) return;
  const axes = name === "scores" ? `[${weights.join(", ")}]` : `[heads…, ${positions}, width]`;
  const got = `[${shape.join(", ")}]`;
  fail(
    path,
    `expected ${name} ${axes} beside weights [${weights.join(", ")}]; got ${got}`,
    `权重为 [${weights.join(", ")}] 时形状应为 ${axes}，实际为 ${got}`,
  );
}
