/** `heed/data`: corpora read and made, vocabularies, pictures. */
export * from "../data/index.js";
export {
  segmentByCounts,
  tokenize,
  type TokenizeBy,
  type Tokens,
  Vocabulary,
  type VocabularyData,
  type VocabularyOptions,
} from "../text/index.js";
export { decodePng, encodePng, partBox, type Grid, resizePicture, type Box, type Picture } from "../vision/index.js";
