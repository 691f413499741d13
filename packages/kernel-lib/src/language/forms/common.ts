/** What the forms share. */
import type { AxisInput } from "../../note/index.js";
import type { Form } from "../fields.js";
import { readNumber, type Reading, type Rows } from "../read.js";
import type { WrittenNote } from "../written-note.js";

/** A form that has been read: its numbers, and the labels that came with them. */
export interface Labelled {
  readonly form: Form;
  readonly size: { readonly rows: number; readonly columns: number };
  readonly rows?: AxisInput;
  readonly columns?: AxisInput;
  readonly heads?: AxisInput;
  readonly layers?: AxisInput;
  readonly temperature?: number;
  readonly source: WrittenNote["source"];
}

/** Weights that are computed while someone types: 512 × 512, or as many over several heads. */
const mostWeights = 262_144;
/** Numbers that additive scores go through: Q × K × A. */
const mostHidden = 4_194_304;

export function readTemperature({ problems, get }: Reading): number | undefined {
  const written = get("temperature");
  const temperature = written && readNumber(written, problems);
  if (!written || temperature === undefined || (temperature >= 1e-6 && temperature <= 1e6)) return temperature;
  return problems.report(
    "wrong-value",
    written.span,
    "a temperature is between 0.000001 and 1000000",
    "温度应在 0.000001 与 1000000 之间",
  );
}

export function checkAmount({ problems }: Reading, span: { start: number; end: number }, weights: number): void {
  if (weights <= mostWeights) return;
  problems.report(
    "too-large",
    span,
    `a written note computes at most ${mostWeights} weights; these are ${weights}. Compute them in a code cell`,
    `手写笔记最多计算 ${mostWeights} 个权重，这里有 ${weights} 个。请在代码单元中计算`,
  );
}

export function checkHidden({ problems, get, all }: Reading, width: number, weights: number): void {
  if (width * weights <= mostHidden) return;
  problems.report(
    "too-large",
    get("v")?.span ?? all.span,
    `a written note computes at most ${mostHidden} hidden numbers; these are ${width * weights}`,
    `手写笔记最多计算 ${mostHidden} 个隐藏数，这里有 ${width * weights} 个`,
  );
}

export const widthOf = ({ rows }: Rows): number => rows[0]?.length ?? 0;
