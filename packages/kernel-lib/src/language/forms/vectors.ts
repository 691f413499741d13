import { count, readRows, thereAre, type Reading, type Rows } from "../read.js";
import { readScore } from "../score.js";
import { checkAmount, checkHidden, readTemperature, widthOf, type Labelled } from "./common.js";

/** Query vectors that look at keys and read values. */
export function readVectors(reading: Reading): Labelled | undefined {
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
