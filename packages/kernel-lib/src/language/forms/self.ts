import type { AxisInput } from "../../note/index.js";
import { count, readLabels, readRows, readWhole, type Reading } from "../read.js";
import { readScore } from "../score.js";
import type { Matrix, WrittenSource } from "../written-note.js";
import { checkAmount, checkHidden, readTemperature, widthOf, type Labelled } from "./common.js";

/** Vectors that look at each other. */
export function readSelf(reading: Reading): Labelled | undefined {
  const { problems, get } = reading;
  const written = get("vectors");
  const vectors = written && readRows(written, problems);
  const temperature = readTemperature(reading);
  const heads = readHeads(reading);
  if (!vectors || !written) return undefined;
  const length = vectors.rows.length;
  const width = widthOf(vectors);
  const projections = {
    Wq: readProjection(reading, "Wq", width),
    Wk: readProjection(reading, "Wk", width),
    Wv: readProjection(reading, "Wv", width),
  };
  if (problems.count > 0) return undefined;
  const widths = {
    query: projections.Wq?.[0]?.length ?? width,
    keys: projections.Wk?.[0]?.length ?? width,
    values: projections.Wv?.[0]?.length ?? width,
  };
  const Wo = readProjection(reading, "Wo", widths.values);
  const headCount = heads?.count;
  for (const [name, of] of Object.entries(widths)) {
    if (headCount === undefined || of % headCount === 0) continue;
    const span = get("heads")?.span ?? written.span;
    problems.report(
      "wrong-value",
      span,
      `width ${of} of the ${name} cannot be split into ${headCount} heads; choose ${divisorsOf(of).join(", ")}`,
      `${name} 的宽度 ${of} 不能分成 ${headCount} 个头；可选 ${divisorsOf(of).join("、")}`,
    );
    return undefined;
  }
  checkAmount(reading, written.span, length * length * (headCount ?? 1));
  const [querySpan, keysSpan] = [get("Wq")?.span ?? written.span, get("Wk")?.span ?? written.span];
  const perHead = { query: widths.query / (headCount ?? 1), keys: widths.keys / (headCount ?? 1) };
  const score = readScore(reading, { ...perHead, querySpan, keysSpan });
  if (!score) return undefined;
  checkHidden(
    reading,
    score.kind === "additive" || score.kind === "concat" ? score.v.length : 0,
    length * length * (headCount ?? 1),
  );
  const { Wq, Wk, Wv } = projections;
  const source: WrittenSource = {
    form: "self",
    vectors: vectors.rows,
    score,
    // Wo joins heads, so it makes even one attention a head
    ...(headCount !== undefined || Wo ? { heads: headCount ?? 1 } : {}),
    ...(Wq && { Wq }),
    ...(Wk && { Wk }),
    ...(Wv && { Wv }),
    ...(Wo && { Wo }),
  };
  return {
    form: "self",
    size: { rows: length, columns: length },
    ...(vectors.labels && { rows: vectors.labels, columns: vectors.labels }),
    ...(heads?.labels && { heads: heads.labels }),
    ...(temperature !== undefined && { temperature }),
    source,
  };
}

/** How many heads, or their names. */
function readHeads({ problems, get }: Reading): { count: number; labels?: AxisInput } | undefined {
  const written = get("heads");
  if (!written) return undefined;
  if (written.kind === "list") {
    const labels = readLabels(written, problems);
    return labels && { count: labels.tokens.length, labels };
  }
  const amount = readWhole(written, 1, 64, problems);
  return amount === undefined ? undefined : { count: amount };
}

/** A matrix [width, any]: vectors are rows, x W. */
function readProjection({ problems, get }: Reading, name: string, width: number): Matrix | undefined {
  const written = get(name);
  const matrix = written && readRows(written, problems);
  if (!matrix || matrix.rows.length === width) return matrix?.rows;
  const hint = widthOf(matrix) === width ? ["; this is its transpose", "；这是它的转置"] : ["", ""];
  return problems.report(
    "wrong-size",
    matrix.span,
    `${name} has ${count(matrix.rows.length, "row")}; the vectors have width ${width}${hint[0]}`,
    `${name} 有 ${matrix.rows.length} 行；向量宽度为 ${width}${hint[1]}`,
  );
}

function divisorsOf(width: number): number[] {
  return Array.from({ length: Math.min(width, 64) }, (_, i) => i + 1).filter((divisor) => width % divisor === 0);
}
