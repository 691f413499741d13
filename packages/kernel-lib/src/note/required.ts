import { field, type Fields } from "./check.js";
import { fail } from "./error.js";

/** What every note has; a field whose parent is missing or no object is not asked for. */
const required = [
  "version",
  "kind",
  "axes",
  "axes.rows",
  "axes.rows.tokens",
  "axes.columns",
  "weights",
  "weights.shape",
  "weights.encoding",
  "maxError",
  "source",
  "source.library",
  "source.version",
] as const;
/** What numbers inside a note have besides. */
const inside = ["weights.data", "weights.maxError"] as const;
/** And numbers in a file beside it. */
const beside = ["weights.file", "weights.tensor", "weights.overview", "weights.maxError"] as const;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/** Refuses a note that lacks fields, and names all of them at once: whoever writes a note by hand need not find them one by one. */
export function requireFields(note: Fields, path: string): void {
  const weights = field(note, "weights");
  const isBeside = isFields(weights) && field(weights, "encoding") === "external";
  const names: readonly string[] = [...required, ...(isBeside ? beside : inside)];
  const missing = names.filter((name) => {
    const steps = name.split(".");
    const last = steps.pop() ?? "";
    let parent: unknown = note;
    for (const step of steps) parent = isFields(parent) ? field(parent, step) : undefined;
    return isFields(parent) && field(parent, last) === undefined;
  });
  const columns = isFields(note["axes"]) ? field(note["axes"], "columns") : undefined;
  if (isFields(columns) && field(columns, "as") === undefined && field(columns, "tokens") === undefined)
    missing.push("axes.columns.tokens");
  const isList = Array.isArray(weights);
  if (missing.length === 0 && !isList) return;
  const list = missing.join(", ");
  const [lists, chinese] = isList
    ? [
        'weights are an object { shape, encoding: "f32", data: base64, maxError }, not a list; an output of text/markdown with an ```attention block takes lists',
        'weights 应为对象 { shape, encoding: "f32", data: base64, maxError }，而不是列表；输出 text/markdown 并写入 ```attention 代码块时可用列表',
      ]
    : ["", ""];
  fail(
    path,
    [missing.length > 0 ? `missing ${list}` : "", lists].filter(Boolean).join("; "),
    [missing.length > 0 ? `缺少 ${missing.join("、")}` : "", chinese].filter(Boolean).join("；"),
  );
}
