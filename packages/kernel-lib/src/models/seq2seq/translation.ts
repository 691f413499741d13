import { AttentionResult, type NoteOptions } from "../../attention/index.js";
import { attentionAxes } from "../../attention/axes.js";
import type { Tensor } from "../../engine/index.js";
import type { Note, ScoreInput } from "../../note/index.js";
import { linksFromAttention, type AlignmentLink } from "../../metrics/alignment.js";

/** What a {@link Translation} is made of. */
export interface TranslationParts {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly logProbability: number;
  /** The decoder's states [T, H] and the memory [S, H]. */
  readonly query: Tensor;
  readonly memory: Tensor;
  readonly scores: Tensor;
  readonly weights: Tensor;
  readonly context: Tensor;
  readonly score: ScoreInput;
}

/**
 * A translation and where the decoder looked while it wrote each token: T rows, the last for the end mark, over S columns. `query` holds the state before each token, `keys` and `values` the memory, `output` the attention vectors.
 * As the last value of a notebook cell it shows itself as an alignment.
 */
export class Translation extends AttentionResult {
  /** The tokens that were read, without marks. */
  readonly source: readonly string[];
  /** The tokens that were written, without marks. */
  readonly target: readonly string[];
  /** Σ ln p of the tokens written, the end mark included. */
  readonly logProbability: number;

  constructor({ source, target, logProbability, query, memory, scores, weights, context, score }: TranslationParts) {
    const tensors = { query, keys: memory, values: memory, scores, weights, output: context };
    super({ ...tensors, axes: attentionAxes([]), maskedRows: [], score, isSelf: false });
    this.source = source;
    this.target = target;
    this.logProbability = logProbability;
  }

  /** The links that the largest weight of each target token draws. */
  get links(): AlignmentLink[] {
    const [, S = 0] = this.weights.shape;
    const rows = this.target.map((_, t) => this.weights.data.subarray(t * S, (t + 1) * S));
    return linksFromAttention(rows, this.source.length);
  }

  override toNote(options: NoteOptions = {}): Note {
    return super.toNote({
      kind: "alignment",
      title: `${this.source.join(" ")} → ${this.target.join(" ")}`,
      rows: { name: "target", tokens: [...this.target, "</s>"], special: [this.target.length] },
      columns: { name: "source", tokens: this.source },
      ...options,
      source: { model: "seq2seq", text: this.source.join(" "), ...options.source },
    });
  }
}
