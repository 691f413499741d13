import { decodeArray } from "./decode.js";
import { amountIn, count, errorIn, keyName, matrixName, rowName, short, type Say } from "./describe-words.js";
import { choosing, findHighlights, meanSpread } from "./highlights.js";
import { matrixCount } from "./matrices.js";
import { largestIn } from "./measures.js";
import type { ExternalArray, InlineArray, Note, NoteHighlights } from "./schema.js";

/** The sentences of a note of several matrices: where the largest weight is, which is the sharpest and which the broadest. */
export function describeHeads(note: Note, weights: InlineArray, say: Say): string[] {
  const { rows, columns, heads, layers } = note.axes;
  const all = decodeArray(weights);
  const [height, width] = [rows.tokens.length, columns.tokens.length];
  const what = say(
    [layers && count(layers.tokens.length, "layer"), heads && count(heads.tokens.length, "head")].filter(Boolean).join(" × "),
    [layers && `${layers.tokens.length} 层`, heads && `${heads.tokens.length} 个头`].filter(Boolean).join(" × "),
  );
  const isShare = note.normalised !== false;
  const stated = trusted(note, all, findHighlights({ shape: weights.shape, data: all }, note.mask, { spreads: isShare }));
  const size = height * width;
  const spread = (matrix: number): string => short(meanSpread(all.subarray(matrix * size, (matrix + 1) * size), width));
  const { sharpest, broadest } = stated;
  return [
    say(`${what}, ${height} × ${width}.`, `${what}，${height} × ${width}。`),
    ...(stated.largest === undefined ? [] : describeLargest(note, all, stated.largest, say)),
    ...(!isShare || sharpest === undefined || broadest === undefined || sharpest === broadest
      ? []
      : [
          say(
            `The sharpest is ${matrixName(note, sharpest, say)} (a row spreads over ${spread(sharpest)} of ${width}), the broadest ${matrixName(note, broadest, say)} (${spread(broadest)}).`,
            `最集中的是${matrixName(note, sharpest, say)}（每行分散在 ${width} 个中的 ${spread(sharpest)} 个上），最分散的是${matrixName(note, broadest, say)}（${spread(broadest)} 个）。`,
          ),
        ]),
  ];
}

/** What a note says its largest weight was before rounding, unless the numbers it stores contradict it. */
function trusted(note: Note, all: Float32Array, found: NoteHighlights): NoteHighlights {
  const { highlights } = note;
  if (!highlights) return found;
  const at = (place: number | undefined): number => all[place ?? -1] ?? 0;
  const isLargest = at(highlights.largest) >= at(found.largest) - 2 * note.maxError;
  return { ...found, ...highlights, ...(!isLargest && found.largest !== undefined && { largest: found.largest }) };
}

/** The cell of the largest weight, and how many others may be as large. */
function describeLargest(note: Note, all: Float32Array, at: number, say: Say): string[] {
  const [height, width] = [note.axes.rows.tokens.length, note.axes.columns.tokens.length];
  const chooses = choosing(note.mask, all.length / width);
  const largest = all[at] ?? 0;
  const isExact = 2 * note.maxError <= largest * 1e-6;
  // whoever rounded knew the largest: only without that are others not told from it
  const slack = isExact ? largest * 1e-6 : note.highlights?.largest === at ? -1 : 2 * note.maxError;
  let [others, left] = [0, 0];
  for (let row = 0; row * width < all.length; row++) {
    if (!chooses(row)) {
      left++;
      continue;
    }
    for (let i = row * width; i < (row + 1) * width; i++) if (i !== at && largest - (all[i] ?? 0) <= slack) others++;
  }
  const amount = amountIn(note);
  const name = matrixName(note, Math.floor(at / (width * height)), say);
  const row = rowName(note, Math.floor(at / width) % height, say);
  const key = keyName(note, at % width, say);
  const value = isExact || note.maxError < 5e-4 ? amount(largest) : `${amount(largest)} ± ${errorIn(note, note.maxError)}`;
  const are = others === 1 ? "is" : "are";
  const as = isExact
    ? say(`${are} as large`, "同样大")
    : say(`${are} as large as far as the stored numbers tell`, "在存储的精度内同样大");
  const also = others === 0 ? "" : say(`; ${others} more ${as}`, `；另有 ${others} 个${as}`);
  if (note.normalised === false) {
    return [
      say(
        `The largest number: in ${name}, ${row} at ${key} (${value})${also}.`,
        `最大的数值：${name} 中${row}在${key}处（${value}）${also}。`,
      ),
    ];
  }
  const which =
    left > 0
      ? say("The largest weight of a row with more than one key", "可看不止一个键的行中最大的权重")
      : say("The largest weight", "最大的权重");
  return [
    say(
      `${which}: in ${name}, ${row} looks at ${key} (${value})${also}.`,
      `${which}：${name} 中${row}看${key}（${value}）${also}。`,
    ),
  ];
}

/** What can be said without the file: where the largest weight or, where that is not known, the largest block lies. */
export function describeOverview(note: Note, weights: ExternalArray, say: Say): string[] {
  const sizes = weights.shape.join(" × ");
  const kept = say(
    `${sizes} weights, kept in ${weights.file} beside the notebook.`,
    `${sizes} 个权重，存于笔记本旁的 ${weights.file}。`,
  );
  const { block, max } = weights.overview;
  const values = decodeArray(max);
  const at = largestIn(values);
  if (at < 0) return [kept];
  const [blockRows = 1, blockColumns = 1] = max.shape.slice(-2);
  const { rows, columns } = note.axes;
  const cell = note.highlights?.largest ?? (block[0] === 1 && block[1] === 1 ? at : undefined);
  if (cell !== undefined) {
    const [height, width] = [rows.tokens.length, columns.tokens.length];
    const [row, column, matrix] = [Math.floor(cell / width) % height, cell % width, Math.floor(cell / (width * height))];
    const down = matrix * blockRows + Math.floor(row / block[0]);
    const stated = values[down * blockColumns + Math.floor(column / block[1])] ?? 0;
    const name = matrixName(note, matrix, say);
    const [who, key] = [rowName(note, row, say), keyName(note, column, say)];
    return [
      kept,
      say(
        `The largest (${amountIn(note)(stated)}): ${name && `in ${name}, `}${who} at ${key}.`,
        `最大的（${amountIn(note)(stated)}）：${name}${name && "中"}${who}看${key}。`,
      ),
    ];
  }
  const rowRange = blockRange(Math.floor(at / blockColumns) % blockRows, block[0], rows.tokens.length);
  const columnRange = blockRange(at % blockColumns, block[1], columns.tokens.length);
  const name = matrixCount(note) > 1 ? matrixName(note, Math.floor(at / (blockRows * blockColumns)), say) : "";
  const amount = amountIn(note)(values[at] ?? 0);
  return [
    kept,
    say(
      `The largest (${amount}) is in ${name && `${name}, `}rows ${rowRange}, columns ${columnRange}.`,
      `最大的（${amount}）在${name}第 ${rowRange} 行、第 ${columnRange} 列。`,
    ),
  ];
}

/** The positions of a block, counted from 1. */
const blockRange = (index: number, size: number, of: number): string =>
  `${index * size + 1}–${Math.min((index + 1) * size, of)}`;
