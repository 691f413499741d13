/** The score function of a public call: its name apart from its parameters, checked. */
import { describeValue } from "../checks/describe-value.js";
import { meantBy, unknownName } from "../checks/read-options.js";
import type { Tensor, TensorLike } from "../engine/index.js";
import type { ScoreInput } from "../note/index.js";
import { finiteTensor } from "./inputs.js";
import { scoreParameters, type Score, type ScoreKind } from "./score.js";

/** A score function whose parameters are tensors. */
export interface CheckedScore {
  readonly kind: ScoreKind;
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** @throws TypeError when the name is not known, or a parameter is missing or not known */
export function checkScore(caller: string, score: Score<TensorLike> = "scaled"): CheckedScore {
  const isNamed = typeof score === "string" || (typeof score === "object" && score !== null && "kind" in score);
  const { kind, ...given } = typeof score === "string" || !isNamed ? { kind: score as ScoreKind } : score;
  const names = isNamed && Object.hasOwn(scoreParameters, kind) ? scoreParameters[kind] : undefined;
  if (names === undefined) {
    const known = Object.keys(scoreParameters);
    const meant = typeof kind === "string" ? meantBy(kind, known) : undefined;
    const hint = meant === undefined ? "" : `. Did you mean ${meant}?`;
    throw new TypeError(`${caller}: expected score ${known.join(", ")}; got ${describeValue(kind)}${hint}`);
  }
  const parameters: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(given as Record<string, TensorLike | undefined>)) {
    if (value === undefined) continue;
    if (!names.some((known) => bare(known) === name)) {
      throw unknownName(`${caller}: score ${kind}`, name, names.map(bare));
    }
    parameters[name] = finiteTensor(caller, name, value);
  }
  const missing = names.find((name) => bare(name) === name && parameters[name] === undefined);
  if (missing !== undefined)
    throw new TypeError(`${caller}: score ${kind} needs ${missing}, as in { kind: "${kind}", ${missing} }`);
  return { kind, parameters };
}

/** The score as a note keeps it, for queries of width D. */
export function noteScore({ kind, parameters }: CheckedScore, D: number, temperature?: number): ScoreInput {
  return {
    name: kind,
    ...(kind === "scaled" && { scale: 1 / Math.sqrt(D) }),
    ...(temperature !== undefined && { temperature }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  };
}

const bare = (name: string): string => name.replace(/[[\]]/g, "");
