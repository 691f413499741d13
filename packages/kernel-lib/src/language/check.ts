import type { AxisInput, Language } from "../note/index.js";
import { mostProblems, NoteSyntaxError, Problems, type Diagnostic } from "./diagnostic.js";
import { fields, formFields, nearestField, type Form } from "./fields.js";
import { readForm, type Labelled } from "./forms/index.js";
import { readImage } from "./image.js";
import { readMask } from "./mask.js";
import { count, thereAre, readBoolean, readChoice, readLabels, readText, type Reading } from "./read.js";
import { readSource, type Written } from "./source.js";
import type { Matrix, WrittenNote } from "./written-note.js";

/**
 * Everything that is wrong with a written note, in the order of its text. Empty where {@link evaluateNote} will draw it (unless its numbers
 * overflow). Nothing is computed, so an editor can ask at every key stroke.
 */
export function checkNote(text: string, options: { readonly language?: Language } = {}): readonly Diagnostic[] {
  const problems = new Problems();
  readNote(text, problems);
  return problems.toDiagnostics(text, options.language ?? "en");
}

/**
 * Reads a written note without computing it.
 *
 * @throws NoteSyntaxError with everything that is wrong with it
 */
export function parseWrittenNote(text: string, options: { readonly language?: Language } = {}): WrittenNote {
  const language = options.language ?? "en";
  const problems = new Problems();
  const note = readNote(text, problems);
  if (note === undefined || problems.count > 0) throw new NoteSyntaxError(problems.toDiagnostics(text, language), language);
  return note;
}

function readNote(text: string, problems: Problems): WrittenNote | undefined {
  const all = readSource(text, problems);
  if (!all) return undefined;
  const known = new Map<string, Written>();
  for (const { key, value } of all.entries) {
    if (problems.count >= mostProblems) break;
    if (!fields.has(key.source)) reportUnknown(key.source, key.span, problems);
    else if (known.has(key.source)) {
      problems.report("repeated-field", key.span, `${key.source} is given twice`, `${key.source} 写了两次`);
    } else known.set(key.source, value);
  }
  const reading: Reading = { problems, all, get: (name) => known.get(name) };
  const form = findForm(reading);
  if (!form) return undefined;
  reportMisplaced(reading, form);
  return readFields(reading, form);
}

function readFields(reading: Reading, form: Form): WrittenNote | undefined {
  const { problems, get } = reading;
  const labels = readForm(reading, form);
  const title = get("title");
  const titleText = title && readText(title, problems);
  const view = readView(reading);
  if (!labels) return undefined;
  const image = readImage(reading, labels.size);
  const mask = readMask(reading, labels.size);
  const axes = readAxes(reading, labels);
  const kind =
    form === "summary" ? "summary" : get("image") ? "image" : get("source") || get("target") ? "alignment" : "attention";
  if (mask && labels.source.form === "weights") checkMasked(reading, labels.source.weights, mask);
  if (problems.count > 0) return undefined;
  return {
    kind,
    ...(titleText !== undefined && { title: titleText }),
    ...axes,
    ...(image && { image }),
    ...(view && { view }),
    ...(mask && { mask }),
    ...(labels.temperature !== undefined && { temperature: labels.temperature }),
    source: labels.source,
  };
}

/** Given weights must agree with a mask: what may not be looked at has weight 0. */
function checkMasked({ problems, get }: Reading, weights: readonly number[], mask: Matrix): void {
  const allowed = mask.flat();
  const columns = mask[0]?.length ?? 1;
  const at = weights.findIndex((weight, i) => weight !== 0 && allowed[i % allowed.length] === 0);
  const span = get("mask")?.span;
  if (at < 0 || !span) return;
  const [row, column] = [(Math.floor(at / columns) % mask.length) + 1, (at % columns) + 1];
  problems.report(
    "not-weights",
    span,
    `the mask forbids row ${row} to look at column ${column}, but the weight there is ${weights[at]}`,
    `掩码不允许第 ${row} 行看第 ${column} 列，但那里的权重为 ${weights[at]}`,
  );
}

function reportUnknown(name: string, span: { start: number; end: number }, problems: Problems): void {
  const near = nearestField(name);
  const short = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  if (near !== undefined) {
    problems.report(
      "unknown-field",
      span,
      `unknown field ${short}; did you mean ${near}?`,
      `未知字段 ${short}；是否想写 ${near}？`,
    );
    return;
  }
  const list = [...fields.keys()].join(", ");
  problems.report("unknown-field", span, `unknown field ${short}; there are ${list}`, `未知字段 ${short}；可用字段有 ${list}`);
}

/** The form is told by the field that only it has. */
function findForm({ problems, all, get }: Reading): Form | undefined {
  const found = (Object.keys(formFields) as Form[]).filter((form) => get(formFields[form]) !== undefined);
  const [form] = found;
  if (found.length === 1) return form;
  const start = { start: all.span.start, end: all.span.start };
  if (form === undefined) {
    // a misspelt field may well be the one that is missing
    if (problems.count > 0) return undefined;
    return problems.report(
      "missing-field",
      start,
      "expected weights, or what to compute them from: query and keys, tokens and vectors, or H, W and V",
      "应给出 weights，或用来计算它的 query 和 keys、tokens 和 vectors、或 H、W 和 V",
    );
  }
  const names = found.map((each) => formFields[each]);
  return problems.report(
    "misplaced-field",
    get(names[1] ?? "")?.span ?? start,
    `${names.join(" and ")} belong to different notes; keep one of them`,
    `${names.join(" 与 ")} 属于不同的笔记，请只保留一个`,
  );
}

function reportMisplaced({ problems, all }: Reading, form: Form): void {
  for (const { key } of all.entries) {
    const forms = fields.get(key.source);
    if (!forms || forms.includes(form)) continue;
    const partners = forms.map((each) => formFields[each]).join(" / ");
    problems.report(
      "misplaced-field",
      key.span,
      `${key.source} means nothing beside ${formFields[form]}; it goes with ${partners}`,
      `${key.source} 不能与 ${formFields[form]} 同用；它与 ${partners} 同用`,
    );
  }
}

function readView({ problems, get }: Reading): WrittenNote["view"] {
  const [scale, numbers] = [get("scale"), get("numbers")];
  const chosen = scale && readChoice(scale, ["row", "global", "log", "rank"], problems);
  const shown = numbers && readBoolean(numbers, problems);
  if (chosen === undefined && shown === undefined) return undefined;
  return { ...(chosen !== undefined && { scale: chosen }), ...(shown !== undefined && { numbers: shown }) };
}

/** Labels of rows and columns: what the author says, else those of the vectors. */
function readAxes(reading: Reading, labels: Labelled): Pick<WrittenNote, "rows" | "columns" | "heads" | "layers"> {
  const { size, form } = labels;
  const hasImage = reading.get("image") !== undefined;
  const tokens = reading.get("tokens") ? "tokens" : "text";
  const rowFields = ["rows", "target", ...(form === "self" || hasImage || size.rows === size.columns ? [tokens] : [])];
  const columnFields = ["columns", "source", ...(hasImage ? [] : [tokens])];
  const [rowField, columnField] = [rowFields, columnFields].map((names) => names.find(reading.get));
  const rows = readAxis(reading, rowField, size.rows, ["row", "行"]) ?? labels.rows ?? numbered(form, "q", size.rows);
  const columns = columnField === rowField ? undefined : readAxis(reading, columnField, size.columns, ["column", "列"]);
  const finalColumns =
    columns ?? (columnField === rowField && columnField ? rows : labels.columns) ?? numbered(form, "k", size.columns);
  return {
    ...(rows && { rows }),
    ...(finalColumns && { columns: finalColumns }),
    ...(labels.heads && { heads: labels.heads }),
    ...(labels.layers && { layers: labels.layers }),
  };
}

/** Vectors without labels are q1, q2, … and k1, k2, …; everything else is numbered by the note. */
function numbered(form: Form, letter: string, size: number): AxisInput | undefined {
  return form === "vectors" ? Array.from({ length: size }, (_, i) => `${letter}${i + 1}`) : undefined;
}

function readAxis(
  { problems, get }: Reading,
  field: string | undefined,
  size: number,
  [noun, chinese]: readonly [string, string],
): AxisInput | undefined {
  const written = field === undefined ? undefined : get(field);
  const axis = written && readLabels(written, problems);
  if (!axis || axis.tokens.length === size) return axis;
  const length = axis.tokens.length;
  return problems.report(
    "wrong-size",
    written.span,
    `${field} has ${count(length, "label")}; ${thereAre(size, noun)}`,
    `${field} 有 ${length} 个标签；共有 ${size} ${chinese}`,
  );
}
