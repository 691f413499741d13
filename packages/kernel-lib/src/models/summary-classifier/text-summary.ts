import { SummaryResult, type NoteOptions, type SummaryParts } from "../../attention/index.js";
import type { Note } from "../../note/index.js";

/** What a {@link TextSummary} is made of. */
export interface TextSummaryParts extends SummaryParts {
  readonly tokens: readonly string[];
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** A text, its class, and the hops that read it. As the last value of a notebook cell it shows its hops over the tokens. */
export class TextSummary extends SummaryResult {
  readonly tokens: readonly string[];
  /** The most probable class. */
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;

  constructor({ tokens, label, probabilities, ...parts }: TextSummaryParts) {
    super(parts);
    this.tokens = tokens;
    this.label = label;
    this.probabilities = probabilities;
  }

  /** The token that each hop looks at most, by position. */
  get hopTokens(): number[] {
    const [R = 0, T = 0] = this.weights.shape;
    return Array.from({ length: R }, (_, hop) => {
      const row = this.weights.data.subarray(hop * T, (hop + 1) * T);
      return row.indexOf(Math.max(...row));
    });
  }

  override toNote(options: NoteOptions = {}): Note {
    const [R = 0] = this.weights.shape;
    return super.toNote({
      title: `${this.label} (${((this.probabilities[this.label] ?? 0) * 100).toFixed(0)} %)`,
      rows: { name: "hop", tokens: Array.from({ length: R }, (_, hop) => `${hop + 1}`) },
      columns: { name: "token", tokens: this.tokens },
      ...options,
      source: { model: "summary classifier", text: this.tokens.join(" "), ...options.source },
    });
  }
}
