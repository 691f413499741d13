import { errorOfRow } from "./decode.js";
import { amountIn, count, errorIn, keyName, rowName, short, type Say } from "./describe-words.js";
import { findHighlights, keysAllowed, meanSpread, spreadOf } from "./highlights.js";
import { closestHop, nearlySame, overlapOf } from "./hops.js";
import { readMatrix } from "./matrices.js";
import { largestIn, rowOf } from "./measures.js";
import type { InlineArray, Note } from "./schema.js";

/** Up to this many rows are each described; of more, the sharpest. */
const rowsInWords = 3;
/** Keys named one by one where they share the largest weight. */
const tiesInWords = 3;

/** The sentences of a note of one matrix. */
export function describeOne(note: Note, weights: InlineArray, say: Say): string[] {
  const { rows, columns, values } = readMatrix(weights, 0);
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => largestIn(rowOf(values, columns, row)) >= 0);
  const hops = note.kind === "summary" && rows > 1 ? describeHops(note, values, rows, say) : [];
  const describe = (row: number): string => describeRow(note, weights, rowOf(values, columns, row), row, say);
  if (rows <= rowsInWords) return [...kept.map(describe), ...hops];
  if (kept.length === 0) return [];
  const what = say(count(rows, rowNames[note.kind].en), `${rows} ${rowNames[note.kind]["zh-CN"]}`);
  if (note.normalised === false) {
    const found = findHighlights({ shape: [rows, columns], data: values }, undefined, { spreads: false });
    const row = Math.floor((note.highlights?.largest ?? found.largest ?? 0) / columns);
    const all = say(count(rows, "row"), `${rows} 行`);
    return [
      say(`Of ${all}, the one with the largest number: ${describe(row)}`, `${all}中数值最大的一行：${describe(row)}`),
      ...hops,
    ];
  }
  const sharpest = sharpestRow(note, values, kept[0] ?? 0);
  const spreads = kept.map((row) => spreadOf(rowOf(values, columns, row)));
  const least = spreads[kept.indexOf(sharpest)] ?? 0;
  const allowed = keysAllowed(note.mask);
  const has = (row: number): boolean => !allowed || allowed(row) > 1;
  const choosing = kept.filter(has).length;
  const alike = kept.filter((row, i) => (has(row) || choosing === 0) && (spreads[i] ?? 0) <= least * (1 + 1e-6)).length;
  const tied = alike > 1 ? say(` (${alike} are alike)`, `（${alike} 行相同）`) : "";
  const among =
    choosing === 0 || choosing === kept.length
      ? say("the sharpest", "最集中的一行")
      : say(`the sharpest of the ${choosing} that have more than one key`, `可看不止一个键的 ${choosing} 个里最集中的一行`);
  return [
    say(`Of ${what}, ${among}${tied}: ${describe(sharpest)}`, `${what}中${among}${tied}：${describe(sharpest)}`),
    describeSpread(meanSpread(values, columns), columns, say),
    ...hops,
  ];
}

const rowNames: Record<Note["kind"], { en: string; "zh-CN": string }> = {
  attention: { en: "query token", "zh-CN": "个查询词" },
  summary: { en: "hop", "zh-CN": "跳" },
  alignment: { en: "target token", "zh-CN": "个目标词" },
  image: { en: "token", "zh-CN": "个词" },
};

/** What is said to be sharpest may be so before rounding, but not be plainly something else after it. */
const spreadSlack = 0.05;

function sharpestRow(note: Note, values: Float32Array, otherwise: number): number {
  const columns = note.axes.columns.tokens.length;
  const shape = [note.axes.rows.tokens.length, columns];
  const found = findHighlights({ shape, data: values }, note.mask, { spreads: true }).sharpest ?? otherwise;
  const stated = note.highlights?.sharpest;
  if (stated === undefined) return found;
  const spread = (row: number): number => spreadOf(rowOf(values, columns, row));
  return spread(stated) <= spread(found) * (1 + spreadSlack) ? stated : found;
}

/** One row: where its largest weight is, and the next if it is not far behind; or which share the largest. */
function describeRow(note: Note, weights: InlineArray, row: Float32Array, index: number, say: Say): string {
  const who = rowName(note, index, say);
  const amount = amountIn(note);
  const first = largestIn(row);
  const largest = row[first] ?? 0;
  const error = Math.min(note.maxError, errorOfRow(weights, index));
  // weights whose difference is smaller than their error are equal as far as anyone can know
  const exact = largest * 1e-6;
  const ties = Array.from(row.keys()).filter((key) => largest - (row[key] ?? 0) <= Math.max(2 * error, exact));
  if (ties.length > 1) {
    const isExact = 2 * error <= exact;
    const each = isExact ? amount(largest) : `${amount(largest)} ± ${errorIn(note, error)}`;
    const all = say(`all ${row.length}`, `全部 ${row.length} 个`);
    const some = say(`${ties.length} of ${row.length}`, `${row.length} 个中的 ${ties.length} 个`);
    const names = ties.slice(0, tiesInWords).map((key) => keyName(note, key, say));
    const named = say(`${names.slice(0, -1).join(", ")} and ${names.at(-1)}`, names.join("、"));
    const keys = ties.length === row.length ? all : ties.length <= tiesInWords ? named : some;
    if (note.normalised === false) {
      return say(`${who} is largest at ${keys}: ${each}.`, `${who}在${keys}处最大：${each}。`);
    }
    const isAll = ties.length === row.length;
    const [alike, chinese] = isExact
      ? ["equally", "程度相同"]
      : ["equally as far as the stored numbers tell", "在存储的精度内相同"];
    return say(
      `${who} looks ${isAll ? "at" : "most at"} ${keys}, ${alike} (${each} each).`,
      `${who}${isAll ? `对${keys}的关注` : `最关注${keys}，`}${chinese}（各 ${each}）。`,
    );
  }
  const second = largestIn(row.map((value, key) => (key === first ? 0 : value)));
  const next = row[second] ?? 0;
  const key = keyName(note, first, say);
  if (note.normalised === false) {
    return say(`${who} is largest at ${key} (${amount(largest)}).`, `${who}在${key}处最大（${amount(largest)}）。`);
  }
  const then = keyName(note, second, say);
  const also = next >= largest / 2 ? say(`, then at ${then} (${amount(next)})`, `，其次是${then}（${amount(next)}）`) : "";
  return say(`${who} looks most at ${key} (${amount(largest)})${also}.`, `${who}最关注${key}（${amount(largest)}）${also}。`);
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
