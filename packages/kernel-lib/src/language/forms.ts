/** The four ways to say where weights come from. */
import type { AxisInput } from "../note/index.js";
import type { Form } from "./fields.js";
import {
  count,
  thereAre,
  readLabels,
  readNumber,
  readNumbers,
  readRows,
  readWhole,
  type Reading,
  type RowKind,
  type Rows,
} from "./read.js";
import { readScore } from "./score.js";
import type { Written } from "./source.js";
import type { Matrix, WrittenNote, WrittenSource } from "./written-note.js";

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

export function readForm(reading: Reading, form: Form): Labelled | undefined {
  switch (form) {
    case "weights":
      return readWeights(reading);
    case "vectors":
      return readVectors(reading);
    case "self":
      return readSelf(reading);
    case "summary":
      return readSummary(reading);
  }
}

function readWeights(reading: Reading): Labelled | undefined {
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

/** How far the sum of a row may be from 1 when each weight was rounded to two decimals. */
export function roundingOf(columns: number): number {
  return Math.min(0.05, 0.001 + 0.005 * columns);
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

function readVectors(reading: Reading): Labelled | undefined {
  const { problems, get } = reading;
  const [queryField, keysField, valuesField] = [get("query"), get("keys"), get("values")];
  const query = queryField && readRows(queryField, problems);
  const keysGiven = keysField && readRows(keysField, problems);
  const valuesGiven = valuesField && readRows(valuesField, problems);
  const temperature = readTemperature(reading);
  if (!keysField && !valuesField && queryField) {
    return problems.report("missing-field", queryField.span, "query needs keys to look at", "query 需要可看的 keys");
  }
  const keys = keysGiven ?? (keysField ? undefined : valuesGiven);
  const values = valuesGiven ?? (valuesField ? undefined : keysGiven);
  if (!query || !keys || !values) return undefined;
  checkSameKeys(reading, keys, values);
  checkAmount(reading, query.span, query.rows.length * keys.rows.length);
  const widths = { query: widthOf(query), keys: widthOf(keys) };
  const score = readScore(reading, {
    ...widths,
    querySpan: query.spans[0] ?? query.span,
    keysSpan: keys.spans[0] ?? keys.span,
  });
  if (!score) return undefined;
  checkHidden(
    reading,
    score.kind === "additive" || score.kind === "concat" ? score.v.length : 0,
    query.rows.length * keys.rows.length,
  );
  const columns = keys.labels ?? values.labels;
  return {
    form: "vectors",
    size: { rows: query.rows.length, columns: keys.rows.length },
    ...(query.labels && { rows: query.labels }),
    ...(columns && { columns }),
    ...(temperature !== undefined && { temperature }),
    source: { form: "vectors", query: query.rows, keys: keys.rows, values: values.rows, score },
  };
}

function checkSameKeys({ problems }: Reading, keys: Rows, values: Rows): void {
  if (keys.rows.length !== values.rows.length) {
    problems.report(
      "wrong-size",
      values.span,
      `${thereAre(values.rows.length, "value")} and ${count(keys.rows.length, "key")}; each key has one value`,
      `有 ${values.rows.length} 个值和 ${keys.rows.length} 个键；每个键对应一个值`,
    );
  } else if (keys.labels && values.labels && keys.labels.join("\n") !== values.labels.join("\n")) {
    problems.report(
      "wrong-value",
      values.span,
      `values have the labels ${shorten(values.labels)}, keys ${shorten(keys.labels)}; write them alike and in the same order`,
      `values 的标签为 ${shorten(values.labels)}，keys 为 ${shorten(keys.labels)}；请写得一致且顺序相同`,
    );
  }
}

const shorten = (labels: readonly string[]): string => labels.slice(0, 6).join(", ") + (labels.length > 6 ? ", …" : "");

function readSelf(reading: Reading): Labelled | undefined {
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

function readSummary(reading: Reading): Labelled | undefined {
  const { problems, get, all } = reading;
  const H = get("H");
  const [W, V, v] = [get("W"), get("V"), get("v")];
  if (!W || (!V && !v)) {
    const missing = W ? "V (or the vector v)" : "W";
    problems.report(
      "missing-field",
      H?.span ?? all.span,
      `A = softmax(V tanh(W Hᵀ)) needs ${missing}`,
      `A = softmax(V tanh(W Hᵀ)) 还需要 ${W ? "V（或向量 v）" : "W"}`,
    );
  }
  if (V && v)
    problems.report("misplaced-field", v.span, "V and v are the same parameter; keep one", "V 与 v 是同一个参数，请只保留一个");
  const states = H && readRows(H, problems);
  const hidden = W && readRows(W, problems);
  const hops = (V ?? v) && readRows((V ?? v) as Written, problems);
  if (!states || !hidden || !hops) return undefined;
  if (widthOf(hidden) !== widthOf(states)) {
    problems.report(
      "wrong-size",
      hidden.spans[0] ?? hidden.span,
      `a row of W has ${count(widthOf(hidden), "number")}; the states in H have width ${widthOf(states)}`,
      `W 的每行有 ${widthOf(hidden)} 个数；H 中状态的宽度为 ${widthOf(states)}`,
    );
  }
  if (widthOf(hops) !== hidden.rows.length) {
    problems.report(
      "wrong-size",
      hops.spans[0] ?? hops.span,
      `a row of V has ${count(widthOf(hops), "number")}; W has ${count(hidden.rows.length, "row")}`,
      `V 的每行有 ${widthOf(hops)} 个数；W 有 ${hidden.rows.length} 行`,
    );
  }
  checkAmount(reading, hops.span, hops.rows.length * states.rows.length);
  return {
    form: "summary",
    size: { rows: hops.rows.length, columns: states.rows.length },
    ...(hops.labels && { rows: hops.labels }),
    ...(states.labels && { columns: states.labels }),
    source: { form: "summary", H: states.rows, W: hidden.rows, V: hops.rows },
  };
}

function readTemperature({ problems, get }: Reading): number | undefined {
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

function checkAmount({ problems }: Reading, span: { start: number; end: number }, weights: number): void {
  if (weights <= mostWeights) return;
  problems.report(
    "too-large",
    span,
    `a written note computes at most ${mostWeights} weights; these are ${weights}. Compute them in a code cell`,
    `手写笔记最多计算 ${mostWeights} 个权重，这里有 ${weights} 个。请在代码单元中计算`,
  );
}

function checkHidden({ problems, get, all }: Reading, width: number, weights: number): void {
  if (width * weights <= mostHidden) return;
  problems.report(
    "too-large",
    get("v")?.span ?? all.span,
    `a written note computes at most ${mostHidden} hidden numbers; these are ${width * weights}`,
    `手写笔记最多计算 ${mostHidden} 个隐藏数，这里有 ${width * weights} 个`,
  );
}

const widthOf = ({ rows }: Rows): number => rows[0]?.length ?? 0;

function divisorsOf(width: number): number[] {
  return Array.from({ length: Math.min(width, 64) }, (_, i) => i + 1).filter((divisor) => width % divisor === 0);
}
