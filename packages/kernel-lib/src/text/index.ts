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

export { chineseEnglishPairs, type ChineseEnglishOptions } from "./corpora-chinese-english.js";
export { detectEncoding, type DetectedEncoding } from "./corpora-encoding.js";
export { evidenceTexts, evidenceLabels, type EvidenceOptions, type EvidenceText } from "./corpora-evidence.js";
export type { CorpusFormat, CorpusRecord } from "./corpora-formats.js";
export type { CorpusProblem } from "./corpora-lines.js";
export { readPairs, type PairCorpus, type ReadPairsOptions, type SentencePair, type Tokenize } from "./corpora-pairs.js";
export { seededRandom, type SeededRandom } from "./corpora-random.js";
export { readCorpus, type Corpus, type CorpusProgress, type ReadCorpusOptions } from "./corpora-read.js";
export { segmentByCounts } from "./corpora-segment.js";
export { splitCorpus, type SplitOptions } from "./corpora-split.js";
export { corpusStatistics, type CorpusStatistics } from "./corpora-statistics.js";
export {
  alignmentErrorRate,
  formatAlignment,
  linksFromAttention,
  parseAlignment,
  type Alignment,
  type AlignmentLink,
  type AlignmentScore,
} from "./metrics-alignment.js";
export { bleu, exactMatch, type BleuOptions, type BleuScore } from "./metrics-bleu.js";
export type { BleuTokenizer } from "./metrics-bleu-tokenizers.js";
