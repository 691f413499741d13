import type { AxisInput } from "../../note/index.js";
import { roundingOf } from "../../note/row-sums.js";
import { count, readLabels, readNumbers, thereAre, type Reading, type RowKind } from "../read.js";
import type { Written } from "../source.js";
import type { Labelled } from "./common.js";

/** Weights that the author gives. */
export function readWeights(reading: Reading): Labelled | undefined {
  const { problems, get } = reading;
  const written = get("weights");
  if (!written) return undefined;
  const numbers = readNumbers(written, 4, problems, weightRows(reading, written));
  const normalised = get("normalised");
  const isNormalised = !(normalised?.kind === "scalar" && normalised.value === false);
  if (normalised && !(normalised.kind === "scalar" && typeof normalised.value === "boolean")) {
    problems.report("wrong-type", normalised.span, "expected true or false", "应为 true 或 false");
  }
  if (!numbers) return undefined;
  const [rows = 0, columns = 0] = numbers.shape.slice(-2);
  numbers.spans.forEach((span, row) => {
    const weights = numbers.values.slice(row * columns, (row + 1) * columns);
    const negative = weights.findIndex((weight) => weight < 0);
    if (negative >= 0) {
      problems.report(
        "not-weights",
        span,
        `weight ${negative + 1} of row ${row + 1} is ${weights[negative]}; weights are at least 0`,
        `第 ${row + 1} 行第 ${negative + 1} 个权重为 ${weights[negative]}；权重不小于 0`,
      );
    }
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (!isNormalised || sum === 0 || Math.abs(sum - 1) <= roundingOf(columns)) return;
    const total = Number(sum.toPrecision(4));
    problems.report(
      "not-weights",
      span,
      `row ${row + 1} sums to ${total}, not 1; if it is no distribution, write normalised: false`,
      `第 ${row + 1} 行之和为 ${total}，而不是 1；若不是概率分布，请写 normalised: false`,
    );
  });
  const leading = numbers.shape.slice(0, -2);
  const heads = readLeading(reading, "heads", leading.at(-1));
  const layers = readLeading(reading, "layers", leading.length === 2 ? leading[0] : undefined);
  return {
    form: "weights",
    size: { rows, columns },
    ...(numbers.labels && { rows: numbers.labels }),
    ...(heads && { heads }),
    ...(layers && { layers }),
    source: { form: "weights", shape: numbers.shape, weights: numbers.values, normalised: isNormalised },
  };
}

/** Rows of weights have as many as there are keys, where labels of the keys tell and at least one row agrees. */
function weightRows({ problems, get }: Reading, written: Written): RowKind {
  const noun = ["weight", "权重"] as const;
  const labels = get("columns") ?? get("source");
  // read again, and reported, with the other labels
  const before = problems.count;
  const size = before === 0 && labels?.kind === "list" ? readLabels(labels, problems)?.tokens.length : undefined;
  const lengths = written.kind === "list" ? written.items.map((item) => (item.kind === "list" ? item.items.length : -1)) : [];
  if (size === undefined || !lengths.includes(size)) return { noun };
  return { noun, width: { size, en: thereAre(size, "key"), chinese: `键有 ${size} 个` } };
}

/** Labels of heads or layers of given weights. */
function readLeading({ problems, get }: Reading, field: "heads" | "layers", size: number | undefined): AxisInput | undefined {
  const written = get(field);
  if (!written) return undefined;
  if (size === undefined) {
    return problems.report(
      "misplaced-field",
      written.span,
      `these weights have no ${field}; ${field === "heads" ? "write one matrix for each head" : "write one list of heads for each layer"}`,
      `这些权重没有 ${field}；${field === "heads" ? "请为每个头各写一个矩阵" : "请为每层各写一组头"}`,
    );
  }
  const labels = readLabels(written, problems);
  if (!labels || labels.tokens.length === size) return labels;
  return problems.report(
    "wrong-size",
    written.span,
    `${field} has ${count(labels.tokens.length, "label")}; ${thereAre(size, field.slice(0, -1))}`,
    `${field} 有 ${labels.tokens.length} 个标签；共有 ${size} 个`,
  );
}
