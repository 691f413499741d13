export {
  alignmentErrorRate,
  formatAlignment,
  linksFromAttention,
  parseAlignment,
  type Alignment,
  type AlignmentLink,
  type AlignmentScore,
} from "./alignment.js";
export { bleu, exactMatch, type BleuOptions, type BleuScore } from "./bleu.js";
export type { BleuTokenizer } from "./bleu-tokenizers.js";
export { pointsAt } from "./pointing.js";
