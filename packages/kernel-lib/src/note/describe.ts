import { decodeArray } from "./decode.js";
import { decodeMask } from "./mask.js";
import { closestHop, nearlySame, overlapOf } from "./hops.js";
import { entropyOf, largestIn, rowOf } from "./measures.js";
import { matrixCount, placeOfMatrix, readMatrix } from "./matrices.js";
import type { ExternalArray, InlineArray, Note } from "./schema.js";
import type { Language } from "./wording.js";

/** Up to this many rows are each described; of more, the sharpest. */
const rowsInWords = 3;

/** Chooses one of two wordings. */
export type Say = (english: string, chinese: string) => string;

/**
 * A note in a few true sentences: which token looks where and how sharply.
 *
 * @example
 * ```ts
 * import { describeNote, makeNote } from "heed/note";
 * const note = makeNote({ weights: [[0.25, 0.75]], rows: ["h1"], columns: ["s1", "s2"] });
 * console.log(describeNote(note, "zh-CN")); // “h1”最关注“s2”（75%）。
 * ```
 */
export function describeNote(note: Note, language: Language = "en"): string {
  const say: Say = (english, chinese) => (language === "en" ? english : chinese);
  const title = note.title === undefined ? [] : [say(`${oneLine(note.title)}:`, `${oneLine(note.title)}：`)];
  const body =
    note.weights.encoding === "external"
      ? describeOverview(note, note.weights, say)
      : matrixCount(note) > 1
        ? describeHeads(note, note.weights, say)
        : describeOne(note, note.weights, say);
  const masked = note.maskedRows?.length ?? 0;
  return [
    ...title,
    ...body,
    ...(masked > 0
      ? [
          say(
            `${count(masked, "row")} may look at nothing: ${masked === 1 ? "its" : "their"} weights are 0.`,
            `${masked} 行没有可看的键，权重为 0。`,
          ),
        ]
      : []),
    ...(note.normalised === false ? [say("The rows do not sum to 1.", "各行之和不为 1。")] : []),
  ].join(say(" ", ""));
}

function describeOne(note: Note, weights: InlineArray, say: Say): string[] {
  const { rows, columns, values } = readMatrix(weights, 0);
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => largestIn(rowOf(values, columns, row)) >= 0);
  const hops = note.kind === "summary" && rows > 1 ? describeHops(note, values, rows, say) : [];
  if (rows <= rowsInWords) {
    return [...kept.map((row) => describeRow(note, rowOf(values, columns, row), row, say)), ...hops];
  }
  if (kept.length === 0) return [];
  if (note.normalised === false) return [describeLargest(note, values, kept, say), ...hops];
  const bits = kept.map((row) => entropyOf(rowOf(values, columns, row)));
  const allowed = keysAllowed(note, rows, columns);
  const choosable = kept.map((row, i) => ((allowed[row] ?? 0) > 1 ? (bits[i] ?? 0) : Infinity));
  const sharpest = kept[smallestIn(choosable.some(Number.isFinite) ? choosable : bits)] ?? 0;
  const what = say(count(rows, rowNames[note.kind].en), `${rows} ${rowNames[note.kind]["zh-CN"]}`);
  const look = describeRow(note, rowOf(values, columns, sharpest), sharpest, say);
  const spread = mean(bits.map((bit) => 2 ** bit));
  return [
    say(`Of ${what}, the sharpest: ${look}`, `${what}中最集中的一行：${look}`),
    describeSpread(spread, columns, say),
    ...hops,
  ];
}

/** Of numbers that are not shares of a whole there is no sharpest row, only the largest number. */
function describeLargest(note: Note, values: Float32Array, kept: readonly number[], say: Say): string {
  const columns = note.axes.columns.tokens.length;
  const largest = kept.map((index) => {
    const row = rowOf(values, columns, index);
    return row[largestIn(row)] ?? 0;
  });
  const row = kept[largestIn(largest)] ?? 0;
  const what = say(count(note.axes.rows.tokens.length, "row"), `${note.axes.rows.tokens.length} 行`);
  const found = describeRow(note, rowOf(values, columns, row), row, say);
  return say(`Of ${what}, the one with the largest number: ${found}`, `${what}中数值最大的一行：${found}`);
}

const rowNames: Record<Note["kind"], { en: string; "zh-CN": string }> = {
  attention: { en: "query token", "zh-CN": "个查询词" },
  summary: { en: "hop", "zh-CN": "跳" },
  alignment: { en: "target token", "zh-CN": "个目标词" },
  image: { en: "token", "zh-CN": "个词" },
};

/** How many keys each row may look at: where there is a single one there is nothing to choose. */
function keysAllowed(note: Note, rows: number, columns: number): number[] {
  const allowed = note.mask && decodeMask(note.mask, 0);
  return Array.from({ length: rows }, (_, row) =>
    allowed ? allowed.subarray(row * columns, (row + 1) * columns).reduce((sum, bit) => sum + bit, 0) : columns,
  );
}

/** Keys named one by one where they share the largest weight. */
const tiesInWords = 3;

/** One row: where its largest weight is, and the next if it is not far behind; or which share the largest. */
function describeRow(note: Note, row: Float32Array, index: number, say: Say): string {
  const who = rowName(note, index, say);
  const first = largestIn(row);
  const largest = row[first] ?? 0;
  const weight = (value: number): string => (note.normalised === false ? short(value) : percent(value));
  // weights whose difference is smaller than their error are equal as far as anyone can know
  const indistinct = Math.max(note.maxError * 2, largest * 1e-6);
  const ties = Array.from(row.keys()).filter((key) => largest - (row[key] ?? 0) <= indistinct);
  if (ties.length > 1) {
    const all = say(`all ${row.length}`, `全部 ${row.length} 个`);
    const some = say(`${ties.length} of ${row.length}`, `${row.length} 个中的 ${ties.length} 个`);
    const names = ties.slice(0, tiesInWords).map((key) => keyName(note, key, say));
    const named = say(`${names.slice(0, -1).join(", ")} and ${names.at(-1)}`, names.join("、"));
    const keys = ties.length === row.length ? all : ties.length <= tiesInWords ? named : some;
    if (note.normalised === false) {
      return say(`${who} is largest at ${keys}: ${weight(largest)}.`, `${who}在${keys}处最大：${weight(largest)}。`);
    }
    return say(
      `${who} looks ${ties.length === row.length ? "at" : "most at"} ${keys}, equally (${weight(largest)} each).`,
      `${who}${ties.length === row.length ? "对" : "最关注"}${keys}${ties.length === row.length ? "的关注" : "，"}程度相同（各 ${weight(largest)}）。`,
    );
  }
  const second = largestIn(row.map((value, key) => (key === first ? 0 : value)));
  const next = row[second] ?? 0;
  const key = keyName(note, first, say);
  if (note.normalised === false) {
    return say(`${who} is largest at ${key} (${weight(largest)}).`, `${who}在${key}处最大（${weight(largest)}）。`);
  }
  const also =
    next >= largest / 2
      ? say(
          `, then at ${keyName(note, second, say)} (${weight(next)})`,
          `，其次是${keyName(note, second, say)}（${weight(next)}）`,
        )
      : "";
  return say(`${who} looks most at ${key} (${weight(largest)})${also}.`, `${who}最关注${key}（${weight(largest)}）${also}。`);
}

function rowName(note: Note, row: number, say: Say): string {
  const token = note.axes.rows.tokens[row] ?? "";
  return note.kind === "summary" && hopName(token, say) !== token ? hopName(token, say) : quote(token);
}

/** A hop that has only a number is called by it; one with a name by its name. */
export function hopName(token: string, say: Say): string {
  return /^\d+$/.test(token) ? say(`hop ${token}`, `第 ${token} 跳`) : token;
}

function keyName(note: Note, column: number, say: Say): string {
  if (!note.image) return quote(note.axes.columns.tokens[column] ?? "");
  const width = note.image.grid[1];
  const [row, place] = [Math.floor(column / width) + 1, (column % width) + 1];
  return say(`the part in row ${row}, column ${place}`, `第 ${row} 行第 ${place} 列的部分`);
}

function describeSpread(keys: number, of: number, say: Say): string {
  const effective = keys < 10 ? keys.toFixed(1) : keys.toFixed(0);
  return say(`On average a row spreads over ${effective} of ${of}.`, `平均每行分散在 ${of} 个中的 ${effective} 个上。`);
}

/** Hops that look at nearly the same tokens, and the penalty ‖AAᵀ − I‖² (Frobenius) that training puts on it. */
function describeHops(note: Note, values: Float32Array, rows: number, say: Say): string[] {
  if (rows > 64) return [];
  const overlap = overlapOf(values, rows);
  let closest = { cosine: 0, first: 0, second: 0 };
  for (let hop = 0; hop < rows; hop++) {
    const other = closestHop(overlap, rows, hop);
    if (other && other.cosine > closest.cosine) closest = { cosine: other.cosine, first: hop, second: other.hop };
  }
  const [first, second] = [closest.first, closest.second].map((row) => rowName(note, row, say));
  return [
    ...(closest.cosine >= nearlySame
      ? [say(`${first} and ${second} look at nearly the same.`, `${first}与${second}所看几乎相同。`)]
      : []),
    say(`‖AAᵀ−I‖² = ${short(overlap.penalty)}.`, `‖AAᵀ−I‖² = ${short(overlap.penalty)}。`),
  ];
}

function describeHeads(note: Note, weights: InlineArray, say: Say): string[] {
  const { rows, columns, heads, layers } = note.axes;
  const matrices = matrixCount(note);
  const all = decodeArray(weights);
  const width = columns.tokens.length;
  const height = rows.tokens.length;
  let best = { weight: -1, at: 0 };
  const spreads: number[] = [];
  for (let matrix = 0; matrix < matrices; matrix++) {
    let spread = 0;
    for (let row = 0; row < height; row++) {
      const start = (matrix * height + row) * width;
      const found = all.subarray(start, start + width);
      const at = largestIn(found);
      if (at >= 0 && (found[at] ?? 0) > best.weight) best = { weight: found[at] ?? 0, at: start + at };
      spread += 2 ** entropyOf(found);
    }
    spreads.push(spread / height);
  }
  const sizes = `${height} × ${width}`;
  const what = say(
    [layers && count(layers.tokens.length, "layer"), heads && count(heads.tokens.length, "head")].filter(Boolean).join(" × "),
    [layers && `${layers.tokens.length} 层`, heads && `${heads.tokens.length} 个头`].filter(Boolean).join(" × "),
  );
  const name = (matrix: number): string => matrixName(note, matrix, say);
  const matrix = Math.floor(best.at / (width * height));
  const row = quote(rows.tokens[Math.floor(best.at / width) % height] ?? "");
  const key = keyName(note, best.at % width, say);
  const amount = note.normalised === false ? short(best.weight) : percent(best.weight);
  const narrow = smallestIn(spreads);
  const wide = largestIn(spreads);
  return [
    say(`${what}, ${sizes}.`, `${what}，${sizes}。`),
    ...(best.weight < 0
      ? []
      : [
          note.normalised === false
            ? say(
                `The largest number: in ${name(matrix)}, ${row} at ${key} (${amount}).`,
                `最大的数值：${name(matrix)} 中${row}在${key}处（${amount}）。`,
              )
            : say(
                `The largest weight: in ${name(matrix)}, ${row} looks at ${key} (${amount}).`,
                `最大的权重：${name(matrix)} 中${row}看${key}（${amount}）。`,
              ),
        ]),
    ...(note.normalised === false || narrow === wide
      ? []
      : [
          say(
            `The sharpest is ${name(narrow)} (a row spreads over ${short(spreads[narrow] ?? 0)} of ${width}), the broadest ${name(wide)} (${short(spreads[wide] ?? 0)}).`,
            `最集中的是${name(narrow)}（每行分散在 ${width} 个中的 ${short(spreads[narrow] ?? 0)} 个上），最分散的是${name(wide)}（${short(spreads[wide] ?? 0)} 个）。`,
          ),
        ]),
  ];
}

function matrixName(note: Note, matrix: number, say: Say): string {
  const { layer, head } = placeOfMatrix(note, matrix);
  const layerName = layer === undefined ? [] : [say(`layer ${oneLine(layer)}`, `第 ${oneLine(layer)} 层`)];
  const headName = head === undefined ? [] : [say(`head ${oneLine(head)}`, `头 ${oneLine(head)}`)];
  return [...layerName, ...headName].join(say(" ", ""));
}

/** What can be said without the file: where the largest block lies. */
function describeOverview(note: Note, weights: ExternalArray, say: Say): string[] {
  const { block, max } = weights.overview;
  const values = decodeArray(max);
  const at = largestIn(values);
  const [blockRows = 1, blockColumns = 1] = max.shape.slice(-2);
  const { rows, columns } = note.axes;
  const rowRange = blockRange(Math.floor(at / blockColumns) % blockRows, block[0], rows.tokens.length);
  const columnRange = blockRange(at % blockColumns, block[1], columns.tokens.length);
  const name = matrixCount(note) > 1 ? matrixName(note, Math.floor(at / (blockRows * blockColumns)), say) : "";
  const sizes = weights.shape.join(" × ");
  const amount = note.normalised === false ? short(values[at] ?? 0) : percent(values[at] ?? 0);
  return [
    say(`${sizes} weights, kept in ${weights.file} beside the notebook.`, `${sizes} 个权重，存于笔记本旁的 ${weights.file}。`),
    ...(at < 0
      ? []
      : [
          say(
            `The largest (${amount}) is in ${name && `${name}, `}rows ${rowRange}, columns ${columnRange}.`,
            `最大的（${amount}）在${name}第 ${rowRange} 行、第 ${columnRange} 列。`,
          ),
        ]),
  ];
}

/** The positions of a block, counted from 1. */
const blockRange = (index: number, size: number, of: number): string =>
  `${index * size + 1}–${Math.min((index + 1) * size, of)}`;

/** A token or title as part of a sentence: on one line, without control characters, not too long. */
function oneLine(text: string): string {
  const flat = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, " ").trim();
  const letters = Array.from(flat.slice(0, 200));
  return letters.length > 60 ? `${letters.slice(0, 60).join("")}…` : flat;
}

const quote = (token: string): string => `“${oneLine(token)}”`;

const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? "" : "s"}`;

/** The position of the smallest number. */
const smallestIn = (numbers: readonly number[]): number =>
  numbers.reduce((best, number, i) => (number < (numbers[best] ?? Infinity) ? i : best), 0);

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Three significant digits at most. */
const short = (number: number): string => `${Number(number.toPrecision(3))}`;

/** A share in percent, with 100% and 0% kept for what is exactly that. */
function percent(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1%";
  const shown = (share * 100).toFixed(1).replace(/\.0$/, "");
  return share < 1 && shown === "100" ? ">99.9%" : `${shown}%`;
}
