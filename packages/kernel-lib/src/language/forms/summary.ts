import { count, readRows, type Reading } from "../read.js";
import type { Written } from "../source.js";
import { checkAmount, widthOf, type Labelled } from "./common.js";

/** Hidden states that hops look at. */
export function readSummary(reading: Reading): Labelled | undefined {
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
