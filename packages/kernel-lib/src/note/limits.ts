/** Sizes beyond which a note is refused before anything is allocated for it. */
export const limits: Readonly<Record<LimitName, number>> = {
  /** Positions of one axis of tokens. */
  tokens: 65_536,
  /** Heads of a layer, and layers. */
  heads: 1_024,
  /** Numbers of one array inside the note (4,096 × 4,096; 22 MB as u8). */
  inlineCells: 16_777_216,
  /** Numbers of one array in a file beside the notebook. */
  externalCells: 68_719_476_736,
  /** UTF-16 units of a label or a title. */
  label: 1_000,
  /** UTF-16 units of a text. */
  text: 1_000_000,
  /** base64 units of an image (12 MB of data). */
  image: 16_000_000,
  /** Pixels along one side of an image. */
  pixels: 16_384,
  /** Notes in a document. */
  notes: 1_000,
};

type LimitName = "tokens" | "heads" | "inlineCells" | "externalCells" | "label" | "text" | "image" | "pixels" | "notes";
