import { AttentionResult, type NoteOptions } from "../../attention/index.js";
import { attentionAxes } from "../../attention/axes.js";
import type { Tensor } from "../../engine/index.js";
import { encodeBase64 } from "../../note/base64.js";
import type { Note, ScoreInput } from "../../note/index.js";
import type { Grid } from "../../vision/parts.js";
import type { Picture } from "../../vision/picture.js";
import { encodePng } from "../../vision/png.js";

/** What a {@link SeenCaption} is made of. */
export interface SeenCaptionParts {
  readonly picture: Picture;
  readonly caption: readonly string[];
  readonly grid: Grid;
  readonly logProbability: number;
  /** The decoder's states [T, H] and the parts [P, M]. */
  readonly query: Tensor;
  readonly memory: Tensor;
  readonly scores: Tensor;
  readonly weights: Tensor;
  readonly context: Tensor;
  readonly score: ScoreInput;
}

/**
 * A caption and which parts of the picture were looked at while each token was written: T rows, the last for the end mark, over P parts,
 * numbered along the rows of the grid. As the last value of a notebook cell it shows itself on the picture.
 */
export class SeenCaption extends AttentionResult {
  readonly picture: Picture;
  /** The tokens that were written. */
  readonly caption: readonly string[];
  readonly grid: Grid;
  /** Σ ln p of the tokens written, the end mark included. */
  readonly logProbability: number;

  constructor({ picture, caption, grid, logProbability, query, memory, scores, weights, context, score }: SeenCaptionParts) {
    const tensors = { query, keys: memory, values: memory, scores, weights, output: context };
    super({ ...tensors, axes: attentionAxes([]), maskedRows: [], score, isSelf: false });
    this.picture = picture;
    this.caption = caption;
    this.grid = grid;
    this.logProbability = logProbability;
  }

  /** The part that was looked at most while a token of the caption was written. */
  partOf(token: number): number {
    const [T = 0, P = 0] = this.weights.shape;
    if (!Number.isInteger(token) || token < 0 || token >= T) {
      throw new RangeError(`partOf: expected a token from 0 to ${T - 1}; got ${token}`);
    }
    const row = this.weights.data.subarray(token * P, (token + 1) * P);
    return row.indexOf(Math.max(...row));
  }

  override toNote(options: NoteOptions = {}): Note {
    const { width, height } = this.picture;
    const data = encodeBase64(encodePng(this.picture));
    return super.toNote({
      kind: "image",
      title: this.caption.join(" "),
      rows: { name: "caption", tokens: [...this.caption, "</s>"], special: [this.caption.length] },
      image: { mediaType: "image/png", data, width, height, grid: this.grid },
      ...options,
      source: { model: "captioner", ...options.source },
    });
  }
}
