import { readAxis } from "./axis.js";
import {
  field,
  readBoolean,
  readChoice,
  readList,
  readNumber,
  readObject,
  readString,
  readWhole,
  type Fields,
} from "./check.js";
import { checkDetailShape } from "./details.js";
import { fail, NoteError } from "./error.js";
import { readImage } from "./image.js";
import { limits } from "./limits.js";
import { cellCount } from "./numbers.js";
import { readArray, readError, readMask } from "./parse-array.js";
import { shown } from "./quote.js";
import { requireFields } from "./required.js";
import { requireDistributions } from "./row-sums.js";
import {
  detailNames,
  noteKinds,
  parameterNames,
  scoreNames,
  type Axis,
  type DetailName,
  type EncodedArray,
  type Note,
  type NoteHighlights,
  type NoteScore,
  type NoteSource,
  type NoteView,
} from "./schema.js";
import { titleText } from "./visible-token.js";
import type { Language } from "./wording.js";

/**
 * Reads a note from JSON that anyone may have written. Sizes are compared with {@link limits} before anything of that size is
 * allocated; unknown fields are left out; the result shares no object with the input.
 *
 * @throws NoteError that names the bad field, with its message in `language`
 */
export function parseNote(json: unknown, language: Language = "en"): Note {
  try {
    return readNote(json, "note");
  } catch (error) {
    throw error instanceof NoteError ? new NoteError(error.path, error.wording, language) : error;
  }
}

/** A checked copy of a note, whose errors name fields under `path`. */
export function readNote(json: unknown, path: string): Note {
  const note = readObject(json, path);
  const version = field(note, "version");
  if (version === undefined || version === 1) requireFields(note, path);
  if (version !== 1) {
    fail(
      `${path}.version`,
      `expected 1; got ${shown(version)}. A newer library may have made this note`,
      `应为 1，实际为 ${shown(version, "zh-CN")}。这则笔记可能由更新的版本写成`,
    );
  }
  const kind = readChoice(field(note, "kind"), `${path}.kind`, noteKinds);
  const weights = readArray(field(note, "weights"), `${path}.weights`, "weights");
  if (weights.shape.length < 2 || cellCount(weights.shape) === 0) {
    const got = `[${weights.shape.join(", ")}]`;
    fail(
      `${path}.weights.shape`,
      `expected [Q, K], [H, Q, K] or [L, H, Q, K]; got ${got}`,
      `应为 [Q, K]、[H, Q, K] 或 [L, H, Q, K]，实际为 ${got}`,
    );
  }
  const title = field(note, "title");
  const normalised = field(note, "normalised");
  const score = field(note, "score");
  const maskedRows = field(note, "maskedRows");
  const mask = field(note, "mask");
  const view = field(note, "view");
  const highlights = field(note, "highlights");
  const rowCount = cellCount(weights.shape.slice(0, -1));
  const isNormalised = normalised === undefined || readBoolean(normalised, `${path}.normalised`);
  if (isNormalised) requireDistributions(weights, `${path}.weights`);
  return {
    version: 1,
    kind,
    ...(title !== undefined && { title: titleText(readString(title, `${path}.title`, limits.label)) }),
    axes: readAxes(field(note, "axes"), `${path}.axes`, weights.shape),
    weights,
    ...(normalised !== undefined && { normalised: isNormalised }),
    ...readDetails(note, path, weights.shape),
    ...(score !== undefined && { score: readScore(score, `${path}.score`) }),
    ...(kind === "image" && { image: readImage(field(note, "image"), `${path}.image`, weights.shape.at(-1) ?? 0) }),
    ...(maskedRows !== undefined && { maskedRows: readMaskedRows(maskedRows, `${path}.maskedRows`, rowCount) }),
    ...(mask !== undefined && { mask: readMask(mask, `${path}.mask`, weights.shape) }),
    maxError: readError(field(note, "maxError"), `${path}.maxError`),
    ...(highlights !== undefined && { highlights: readHighlights(highlights, `${path}.highlights`, weights.shape) }),
    ...(view !== undefined && { view: readView(view, `${path}.view`) }),
    source: readSource(field(note, "source"), `${path}.source`),
  };
}

function readAxes(value: unknown, path: string, shape: readonly number[]): Note["axes"] {
  const axes = readObject(value, path);
  const [rows = 0, columns = 0] = shape.slice(-2);
  const leading = shape.slice(0, -2);
  const hasLayers = field(axes, "layers") !== undefined;
  const hasHeads = field(axes, "heads") !== undefined;
  if (Number(hasLayers) + Number(hasHeads) !== leading.length) {
    const sizes = `[${shape.join(", ")}]`;
    fail(
      path,
      `expected ${["neither heads nor layers", "heads or layers", "heads and layers"][leading.length]} for weights ${sizes}`,
      `权重为 ${sizes} 时应${["没有 heads 和 layers", "有 heads 或 layers", "有 heads 和 layers"][leading.length]}`,
    );
  }
  const rowAxis = readAxis(field(axes, "rows"), `${path}.rows`, rows);
  return {
    rows: rowAxis,
    columns: readColumns(field(axes, "columns"), `${path}.columns`, columns, rowAxis),
    ...(hasHeads && { heads: readAxis(field(axes, "heads"), `${path}.heads`, leading.at(-1) ?? 0, limits.heads) }),
    ...(hasLayers && { layers: readAxis(field(axes, "layers"), `${path}.layers`, leading[0] ?? 0, limits.heads) }),
  };
}

/** Columns may say that they are the tokens of the rows. */
function readColumns(value: unknown, path: string, size: number, rows: Axis): Axis {
  const columns = readObject(value, path);
  if (field(columns, "as") === undefined) return readAxis(value, path, size);
  readChoice(field(columns, "as"), `${path}.as`, ["rows"]);
  if (rows.tokens.length !== size) {
    fail(
      path,
      `expected ${size} labels; the rows have ${rows.tokens.length}`,
      `应有 ${size} 个标签；行有 ${rows.tokens.length} 个`,
    );
  }
  const name = field(columns, "name");
  const { name: _, ...tokens } = rows;
  return { ...(name !== undefined && { name: readString(name, `${path}.name`, limits.label) }), ...tokens };
}

function readDetails(note: Fields, path: string, weights: readonly number[]): { [Name in DetailName]?: EncodedArray } {
  const details: { [Name in DetailName]?: EncodedArray } = {};
  for (const name of detailNames) {
    const value = field(note, name);
    if (value === undefined) continue;
    const array = readArray(value, `${path}.${name}`, "any");
    checkDetailShape(name, array.shape, weights, `${path}.${name}.shape`);
    details[name] = array;
  }
  return details;
}

/** Flat indices of rows, from small to large, each once. */
function readMaskedRows(value: unknown, path: string, rowCount: number): number[] {
  let least = 0;
  return readList(value, path, Math.min(rowCount, limits.inlineCells)).map((row, i) => {
    const index = readWhole(row, `${path}[${i}]`, least, rowCount - 1);
    least = index + 1;
    return index;
  });
}

function readScore(value: unknown, path: string): NoteScore {
  const score = readObject(value, path);
  const scale = field(score, "scale");
  const temperature = field(score, "temperature");
  const given = field(score, "parameters");
  const fields = given === undefined ? undefined : readObject(given, `${path}.parameters`);
  const parameters = parameterNames.flatMap((name) => {
    const parameter = fields && field(fields, name);
    return parameter === undefined ? [] : [[name, readArray(parameter, `${path}.parameters.${name}`, "any")]];
  });
  return {
    name: readChoice(field(score, "name"), `${path}.name`, scoreNames),
    ...(scale !== undefined && { scale: readNumber(scale, `${path}.scale`) }),
    ...(temperature !== undefined && { temperature: readNumber(temperature, `${path}.temperature`) }),
    ...(fields && { parameters: Object.fromEntries(parameters) }),
  };
}

function readView(value: unknown, path: string): NoteView {
  const view = readObject(value, path);
  const scale = field(view, "scale");
  const numbers = field(view, "numbers");
  return {
    ...(scale !== undefined && { scale: readChoice(scale, `${path}.scale`, ["row", "global", "log", "rank"]) }),
    ...(numbers !== undefined && { numbers: readBoolean(numbers, `${path}.numbers`) }),
  };
}

function readHighlights(value: unknown, path: string, shape: readonly number[]): NoteHighlights {
  const highlights = readObject(value, path);
  const matrices = cellCount(shape.slice(0, -2));
  const sizes = { largest: cellCount(shape), sharpest: matrices === 1 ? (shape.at(-2) ?? 1) : matrices, broadest: matrices };
  const found = Object.entries(sizes).flatMap(([name, size]) => {
    const at = field(highlights, name);
    return at === undefined ? [] : [[name, readWhole(at, `${path}.${name}`, 0, size - 1)] as const];
  });
  return Object.fromEntries(found);
}

function readSource(value: unknown, path: string): NoteSource {
  const source = readObject(value, path);
  const model = field(source, "model");
  const text = field(source, "text");
  const cell = field(source, "cell");
  return {
    library: readString(field(source, "library"), `${path}.library`, limits.label),
    version: readString(field(source, "version"), `${path}.version`, limits.label),
    ...(model !== undefined && { model: titleText(readString(model, `${path}.model`, limits.label)) }),
    ...(text !== undefined && { text: readString(text, `${path}.text`, limits.text) }),
    ...(cell !== undefined && { cell: readString(cell, `${path}.cell`, limits.label) }),
  };
}
