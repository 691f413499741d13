export { tokenize, type TokenizeBy } from "./tokenize.js";
export type { Tokens } from "./tokens.js";
export { Vocabulary, type VocabularyData, type VocabularyOptions } from "./vocabulary.js";
export {
  Encoding,
  loadTokenizer,
  Tokenizer,
  type EncodeOptions,
  type EncodingAxis,
  type TruncationStrategy,
} from "./subwords/index.js";
export { segmentByCounts } from "./segment-by-counts.js";
