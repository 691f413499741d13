export { decodeArray, decodeMatrix, errorOfRow } from "./decode.js";
export { deriveCell, type CellDerivation, type RowOutput } from "./derive.js";
export type { RowSoftmax } from "./derive-softmax.js";
export type { ScorePart, ScoreTerm, ScoreTerms } from "./derive-score.js";
export { describeNote } from "./describe.js";
export type { DetailInput, ScoreInput } from "./details.js";
export { displayBundle, type DisplayBundle } from "./display.js";
export { parseDocument, writeDocument, type NoteDocument } from "./document.js";
export { encodeArray, type InlineEncoding } from "./encode.js";
export { NoteError } from "./error.js";
export { groupsOf, joinAxis, type Groups, type WordsOfTokens } from "./groups.js";
export { closestHop, coveredTokens, nearlySame, overlapOf, ownShare, penaltyOf, type HopOverlap } from "./hops.js";
export { detectImage } from "./image.js";
export { limits } from "./limits.js";
export { makeNote, type AxisInput, type NoteInput, type StoreSidecar } from "./make-note.js";
export { decodeMask, encodeMask } from "./mask.js";
export { headsOfLayer, matrixCount, placeOfMatrix, readMatrix, type Matrix } from "./matrices.js";
export { entropyOf, jensenShannonDistance, largestIn, rankIn, rowOf } from "./measures.js";
export type { NestedNumbers, NoteNumbers, PlainTensor } from "./numbers.js";
export { chooseBlock, describeExternal, toBlocks, toPyramid, type Blocks, type ExternalReference } from "./overview.js";
export { parseNote } from "./parse-note.js";
export { pickMatrices } from "./pick-matrices.js";
export { escapeXml, fallbackSvg, paperFigure, type Coloured, type PaperOptions } from "./picture/index.js";
export * from "./schema.js";
export {
  decodeElements,
  encodeHeader,
  parseHeader,
  readHeaderLength,
  safetensorsBits,
  type DecodedElements,
  type SafetensorsDType,
  type SafetensorsEntry,
  type SafetensorsHeader,
  type SafetensorsPart,
} from "../storage/safetensors/index.js";
export { displayResultsBy, jupyterDisplay, selfDisplay, type Showable } from "./self-display.js";
export { storeNote } from "./store.js";
export { libraryVersion } from "./version.js";
export { isolated, nameOfUnseen, titleText, visibleToken } from "./visible-token.js";
export { languageOf, type Language, type Wording } from "./wording.js";

// Names of before, for one release.
export {
  /** @deprecated It is called `StoreSidecar`. */
  type StoreSidecar as StoreBeside,
} from "./make-note.js";
