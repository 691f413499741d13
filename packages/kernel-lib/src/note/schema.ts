/**
 * The note: the self-contained record of one look at attention that lives in a notebook's cell.
 *
 * Axis order of every array is layers, heads, rows (queries or hops), columns (keys); absent axes are left out.
 */

/** MIME type of a computed note. */
export const noteMimeType = "application/vnd.heed.attention.v1+json";

/**
 * What the rows and columns are: `attention` tokens over tokens, `summary` hops over tokens,
 * `alignment` a target text over a source text, `image` tokens over the parts of an image.
 */
export type NoteKind = "attention" | "summary" | "alignment" | "image";

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
}

/** Numbers inside the note, little-endian, base64. */
export interface InlineArray {
  readonly shape: readonly number[];
  /** `u8`: value = low + code × step of its row; `f16` and `f32`: IEEE 754. */
  readonly encoding: "u8" | "f16" | "f32";
  readonly data: string;
  /** `u8` only: a step for each row (f32); `low` is absent where every row starts at 0. */
  readonly step?: string;
  readonly low?: string;
  /** The largest absolute difference between a decoded and an original value. */
  readonly maxError: number;
}

/** Numbers in a `.safetensors` file beside the notebook, with an overview inside the note. */
export interface ExternalArray {
  readonly shape: readonly number[];
  readonly encoding: "external";
  /** A plain file name in the notebook's own folder. */
  readonly file: string;
  /** The tensor's name in the file. */
  readonly tensor: string;
  /** SHA-256 of the file's header, to notice a file that changed. */
  readonly headerHash?: string;
  /** The maximum and the mean of each block of rows × columns, so that no spike is hidden. */
  readonly overview: { readonly block: readonly [number, number]; readonly max: InlineArray; readonly mean: InlineArray };
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

/** What made the note. */
export interface NoteSource {
  readonly library: "heed";
  readonly version: string;
  readonly model?: string;
  readonly text?: string;
  /** The score function, as a formula's name: dot, scaled, general, concat, additive, cosine. */
  readonly score?: string;
}

/** The record itself. */
export interface Note {
  readonly version: 1;
  readonly kind: NoteKind;
  readonly title?: string;
  readonly axes: { readonly rows: Axis; readonly columns: Axis; readonly heads?: Axis; readonly layers?: Axis };
  readonly weights: EncodedArray;
  readonly scores?: EncodedArray;
  readonly query?: EncodedArray;
  readonly keys?: EncodedArray;
  readonly values?: EncodedArray;
  readonly output?: EncodedArray;
  readonly image?: NoteImage;
  /** Flat indices of rows in which every key is masked: their weights are exactly 0. */
  readonly maskedRows?: readonly number[];
  /** 1 where a key may be looked at, as rows × columns bits (base64); absent where nothing is masked. */
  readonly mask?: { readonly shape: readonly number[]; readonly data: string };
  /** The largest error of `weights`, as shown to the reader. */
  readonly maxError: number;
  readonly source: NoteSource;
}
