/** Names that stood in "heed" itself before `heed/data` had them; they go with the next release but one. */
export {
  /** @deprecated Import it from "heed/data". */
  type TokenizeBy,
  /** @deprecated Import it from "heed/data". */
  Vocabulary,
  /** @deprecated Import it from "heed/data". */
  type VocabularyData,
  /** @deprecated Import it from "heed/data". */
  type VocabularyOptions,
  /** @deprecated Import it from "heed/data". */
  segmentByCounts,
  /** @deprecated Import it from "heed/data". */
  partBox,
  /** @deprecated Import it from "heed/data". */
  type Grid,
  /** @deprecated Import it from "heed/data". */
  resizePicture,
  /** @deprecated Import it from "heed/data". */
  type Box,
  /** @deprecated Import it from "heed/data". */
  type Picture,
  /** @deprecated Import it from "heed/data". */
  decodePng,
  /** @deprecated Import it from "heed/data". */
  encodePng,
  /** @deprecated Import it from "heed/data". */
  chineseEnglishPairs,
  /** @deprecated Import it from "heed/data". */
  type ChineseEnglishOptions,
  /** @deprecated Import it from "heed/data". */
  detectEncoding,
  /** @deprecated Import it from "heed/data". */
  type DetectedEncoding,
  /** @deprecated Import it from "heed/data". */
  evidenceTexts,
  /** @deprecated Import it from "heed/data". */
  evidenceLabels,
  /** @deprecated Import it from "heed/data". */
  type EvidenceOptions,
  /** @deprecated Import it from "heed/data". */
  type EvidenceText,
  /** @deprecated Import it from "heed/data". */
  type CorpusFormat,
  /** @deprecated Import it from "heed/data". */
  type CorpusRecord,
  /** @deprecated Import it from "heed/data". */
  type CorpusProblem,
  /** @deprecated Import it from "heed/data". */
  readPairs,
  /** @deprecated Import it from "heed/data". */
  type PairCorpus,
  /** @deprecated Import it from "heed/data". */
  type ReadPairsOptions,
  /** @deprecated Import it from "heed/data". */
  type SentencePair,
  /** @deprecated Import it from "heed/data". */
  type Tokenize,
  /** @deprecated Import it from "heed/data". */
  seededRandom,
  /** @deprecated Import it from "heed/data". */
  type SeededRandom,
  /** @deprecated Import it from "heed/data". */
  readCorpus,
  /** @deprecated Import it from "heed/data". */
  type Corpus,
  /** @deprecated Import it from "heed/data". */
  type CorpusProgress,
  /** @deprecated Import it from "heed/data". */
  type ReadCorpusOptions,
  /** @deprecated Import it from "heed/data". */
  splitCorpus,
  /** @deprecated Import it from "heed/data". */
  type SplitOptions,
  /** @deprecated Import it from "heed/data". */
  corpusStatistics,
  /** @deprecated Import it from "heed/data". */
  type CorpusStatistics,
  /** @deprecated Import it from "heed/data". */
  sceneCaptions,
  /** @deprecated Import it from "heed/data". */
  type CaptionedPicture,
  /** @deprecated Import it from "heed/data". */
  type CaptionNoun,
  /** @deprecated Import it from "heed/data". */
  type SceneCaptionOptions,
  /** @deprecated Import it from "heed/data". */
  type Scene,
  /** @deprecated Import it from "heed/data". */
  type SceneObject,
} from "../data.js";
