/**
 * The note: the self-contained record of one look at attention that lives in a notebook's cell.
 *
 * It is plain JSON. Axis order of every array is layers, heads, rows (queries or hops), columns (keys); absent axes are left
 * out. A reader ignores fields it does not know, so fields can be added without a new version.
 */

/** MIME type of a computed note. */
export const noteMimeType = "application/vnd.heed.attention.v1+json";

/**
 * What the rows and columns are: `attention` tokens over tokens, `summary` hops over tokens,
 * `alignment` a target text over a source text, `image` tokens over the parts of an image.
 */
export type NoteKind = (typeof noteKinds)[number];
export const noteKinds = ["attention", "summary", "alignment", "image"] as const;

/** A labelled axis. */
export interface Axis {
  /** What the axis is, for example "query" or "hop". */
  readonly name?: string;
  /** One label for each position; labels may repeat. */
  readonly tokens: readonly string[];
  /** [start, end) of each token in `text`, in UTF-16 units. */
  readonly offsets?: readonly (readonly [number, number])[];
  readonly text?: string;
  /** Positions of special tokens such as [CLS], which a view may hide. */
  readonly special?: readonly number[];
  /** For each token the number of the word it is part of, or -1: how a view joins subwords into words. */
  readonly words?: readonly number[];
}

/** Numbers inside the note: base64 of little-endian numbers, row-major over `shape`. */
export interface InlineArray {
  readonly shape: readonly number[];
  /** `u8`: value = byte × scale of its row ÷ 255; `f16` and `f32`: IEEE 754. */
  readonly encoding: "u8" | "f16" | "f32";
  readonly data: string;
  /** `u8` only: one byte for each row; its scale is 2^(−byte ÷ 12). */
  readonly scale?: string;
  /** The largest absolute difference between a decoded and an original value. */
  readonly maxError: number;
}

/** The largest and the mean value of each block of rows × columns, so that no spike is hidden. */
export interface BlockOverview {
  /** [rows, columns] of a block; the last block of an axis may be smaller. */
  readonly block: readonly [number, number];
  readonly max: InlineArray;
  readonly mean: InlineArray;
}

/** A finer overview than the one inside the note, as two tensors of the file. */
export interface PyramidLevel {
  readonly block: readonly [number, number];
  readonly max: string;
  readonly mean: string;
}

/** Numbers in a `.safetensors` file beside the notebook, with an overview inside the note. */
export interface ExternalArray {
  readonly shape: readonly number[];
  readonly encoding: "external";
  /** A plain file name in the notebook's own folder. */
  readonly file: string;
  /** The tensor's name in the file; its type there is F16 or F32. */
  readonly tensor: string;
  /** SHA-256, in hexadecimal, of the file's length of header and header, to notice a file that changed. */
  readonly headerHash?: string;
  /** base64 of the first 16 bytes of the SHA-256 of each matrix's bytes in the file, to notice numbers that changed. */
  readonly matrixHashes?: string;
  readonly overview: BlockOverview;
  /** From fine to coarse. */
  readonly pyramid?: readonly PyramidLevel[];
  readonly maxError: number;
}

export type EncodedArray = InlineArray | ExternalArray;

/** An image and the grid of parts that attention looks at. */
export interface NoteImage {
  readonly mediaType: "image/png" | "image/jpeg";
  /** base64 */
  readonly data: string;
  readonly width: number;
  readonly height: number;
  /** [rows, columns] of parts; their product is the number of columns of the weights. */
  readonly grid: readonly [number, number];
}

/** Score functions of a query q and a key k; `summary` is softmax(V tanh(W Hᵀ)), whose rows are hops. */
export type ScoreName = (typeof scoreNames)[number];
export const scoreNames = ["dot", "scaled", "general", "concat", "additive", "cosine", "summary"] as const;

/** The numbers a note may hold beside its weights. */
export type DetailName = (typeof detailNames)[number];
export const detailNames = ["scores", "query", "keys", "values", "output"] as const;

/** Names of parameters in the formulas of scores. */
export const parameterNames = ["W", "U", "V", "v", "b"] as const;

/** How the scores came from the vectors: what a view needs to derive a cell again. */
export interface NoteScore {
  readonly name: ScoreName;
  /** What the scores were multiplied by, for example 1/√D. */
  readonly scale?: number;
  /** What the scores are divided by before softmax; 1 where absent. */
  readonly temperature?: number;
  /** The parameters under their names in the formula: W, U, V, v, b. */
  readonly parameters?: Readonly<Record<string, EncodedArray>>;
}

/** One bit for each weight: 1 where the key may be looked at. Row-major, lowest bit first, base64. */
export interface NoteMask {
  /** [rows, columns], the same for every head, or the shape of the weights. */
  readonly shape: readonly number[];
  readonly data: string;
}

/** How its author wants the note drawn; a reader may choose otherwise. */
export interface NoteView {
  /** Colours relative to the row's largest weight, to the largest of all, to their logarithm, or to the rank in the row. */
  readonly scale?: "row" | "global" | "log" | "rank";
  /** Whether cells show their numbers. */
  readonly numbers?: boolean;
}

/** What the words of a note name. Whoever rounds weights knows them from the numbers before. */
export interface NoteHighlights {
  /** Flat position of the largest weight, among rows that may look at more than one key where there are such. */
  readonly largest?: number;
  /** Which matrix has rows that spread over the fewest keys on average; of a single matrix, which row that has a choice. */
  readonly sharpest?: number;
  /** Which matrix has rows that spread over the most keys; absent of a single one. */
  readonly broadest?: number;
}

/** What made the note. */
export interface NoteSource {
  readonly library: string;
  readonly version: string;
  readonly model?: string;
  readonly text?: string;
  /** The id of the notebook's cell that made it. */
  readonly cell?: string;
}

/** In a file, columns that are the same tokens as the rows are not written again. */
export interface SameAxis {
  readonly name?: string;
  readonly as: "rows";
}

/** A note as it lies in a notebook or a file: {@link parseNote} reads it. */
export interface StoredNote extends Omit<Note, "axes"> {
  readonly axes: Omit<Note["axes"], "columns"> & { readonly columns: Axis | SameAxis };
}

/** The record itself. */
export interface Note {
  readonly version: 1;
  readonly kind: NoteKind;
  readonly title?: string;
  readonly axes: { readonly rows: Axis; readonly columns: Axis; readonly heads?: Axis; readonly layers?: Axis };
  readonly weights: EncodedArray;
  /** False where the rows of `weights` are not probability distributions. */
  readonly normalised?: boolean;
  /** Scores as the score function gives them, before temperature, mask and softmax. */
  readonly scores?: EncodedArray;
  readonly score?: NoteScore;
  /** Queries [heads…, Q, D], keys [heads…, K, D], values [heads…, K, V], output [heads…, Q, V]. */
  readonly query?: EncodedArray;
  readonly keys?: EncodedArray;
  readonly values?: EncodedArray;
  readonly output?: EncodedArray;
  readonly image?: NoteImage;
  /** Flat indices of rows in which every key is masked, from small to large: their weights are exactly 0. */
  readonly maskedRows?: readonly number[];
  /** Absent where nothing is masked. */
  readonly mask?: NoteMask;
  /** The largest error of `weights`, as shown to the reader. */
  readonly maxError: number;
  /** Where weights were rounded, or are in a file: what they were found to be before. */
  readonly highlights?: NoteHighlights;
  readonly view?: NoteView;
  readonly source: NoteSource;
}
