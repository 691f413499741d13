/** Names that stood in "heed" itself before `heed/note` had them; they go with the next release but one. */
export {
  /** @deprecated Import it from "heed/note". */
  decodeArray,
  /** @deprecated Import it from "heed/note". */
  decodeMatrix,
  /** @deprecated Import it from "heed/note". */
  errorOfRow,
  /** @deprecated Import it from "heed/note". */
  deriveCell,
  /** @deprecated Import it from "heed/note". */
  type CellDerivation,
  /** @deprecated Import it from "heed/note". */
  type RowOutput,
  /** @deprecated Import it from "heed/note". */
  type RowSoftmax,
  /** @deprecated Import it from "heed/note". */
  type ScorePart,
  /** @deprecated Import it from "heed/note". */
  type ScoreTerm,
  /** @deprecated Import it from "heed/note". */
  type ScoreTerms,
  /** @deprecated Import it from "heed/note". */
  describeNote,
  /** @deprecated Import it from "heed/note". */
  type DetailInput,
  /** @deprecated Import it from "heed/note". */
  type ScoreInput,
  /** @deprecated Import it from "heed/note". */
  displayBundle,
  /** @deprecated Import it from "heed/note". */
  type DisplayBundle,
  /** @deprecated Import it from "heed/note". */
  parseDocument,
  /** @deprecated Import it from "heed/note". */
  writeDocument,
  /** @deprecated Import it from "heed/note". */
  type NoteDocument,
  /** @deprecated Import it from "heed/note". */
  encodeArray,
  /** @deprecated Import it from "heed/note". */
  type InlineEncoding,
  /** @deprecated Import it from "heed/note". */
  NoteError,
  /** @deprecated Import it from "heed/note". */
  groupsOf,
  /** @deprecated Import it from "heed/note". */
  joinAxis,
  /** @deprecated Import it from "heed/note". */
  type Groups,
  /** @deprecated Import it from "heed/note". */
  type WordsOfTokens,
  /** @deprecated Import it from "heed/note". */
  closestHop,
  /** @deprecated Import it from "heed/note". */
  coveredTokens,
  /** @deprecated Import it from "heed/note". */
  nearlySame,
  /** @deprecated Import it from "heed/note". */
  overlapOf,
  /** @deprecated Import it from "heed/note". */
  ownShare,
  /** @deprecated Import it from "heed/note". */
  penaltyOf,
  /** @deprecated Import it from "heed/note". */
  type HopOverlap,
  /** @deprecated Import it from "heed/note". */
  detectImage,
  /** @deprecated Import it from "heed/note". */
  limits,
  /** @deprecated Import it from "heed/note". */
  makeNote,
  /** @deprecated Import it from "heed/note". */
  type AxisInput,
  /** @deprecated Import it from "heed/note". */
  type NoteInput,
  /** @deprecated Import it from "heed/note", where it is called `StoreSidecar`. */
  type StoreBeside,
  /** @deprecated Import it from "heed/note". */
  decodeMask,
  /** @deprecated Import it from "heed/note". */
  headsOfLayer,
  /** @deprecated Import it from "heed/note". */
  matrixCount,
  /** @deprecated Import it from "heed/note". */
  placeOfMatrix,
  /** @deprecated Import it from "heed/note". */
  readMatrix,
  /** @deprecated Import it from "heed/note". */
  type Matrix,
  /** @deprecated Import it from "heed/note". */
  entropyOf,
  /** @deprecated Import it from "heed/note". */
  jensenShannonDistance,
  /** @deprecated Import it from "heed/note". */
  largestIn,
  /** @deprecated Import it from "heed/note". */
  rankIn,
  /** @deprecated Import it from "heed/note". */
  rowOf,
  /** @deprecated Import it from "heed/note". */
  type NestedNumbers,
  /** @deprecated Import it from "heed/note". */
  type NoteNumbers,
  /** @deprecated Import it from "heed/note". */
  type PlainTensor,
  /** @deprecated Import it from "heed/note". */
  chooseBlock,
  /** @deprecated Import it from "heed/note". */
  describeExternal,
  /** @deprecated Import it from "heed/note". */
  toBlocks,
  /** @deprecated Import it from "heed/note". */
  toPyramid,
  /** @deprecated Import it from "heed/note". */
  type Blocks,
  /** @deprecated Import it from "heed/note". */
  type ExternalReference,
  /** @deprecated Import it from "heed/note". */
  parseNote,
  /** @deprecated Import it from "heed/note". */
  pickMatrices,
  /** @deprecated Import it from "heed/note". */
  escapeXml,
  /** @deprecated Import it from "heed/note". */
  fallbackSvg,
  /** @deprecated Import it from "heed/note". */
  paperFigure,
  /** @deprecated Import it from "heed/note". */
  type Coloured,
  /** @deprecated Import it from "heed/note". */
  type PaperOptions,
  /** @deprecated Import it from "heed/note". */
  decodeElements,
  /** @deprecated Import it from "heed/note". */
  encodeHeader,
  /** @deprecated Import it from "heed/note". */
  parseHeader,
  /** @deprecated Import it from "heed/note". */
  readHeaderLength,
  /** @deprecated Import it from "heed/note". */
  safetensorsBits,
  /** @deprecated Import it from "heed/note". */
  type DecodedElements,
  /** @deprecated Import it from "heed/note". */
  type SafetensorsDType,
  /** @deprecated Import it from "heed/note". */
  type SafetensorsEntry,
  /** @deprecated Import it from "heed/note". */
  type SafetensorsHeader,
  /** @deprecated Import it from "heed/note". */
  type SafetensorsPart,
  /** @deprecated Import it from "heed/note". */
  displayResultsBy,
  /** @deprecated Import it from "heed/note". */
  jupyterDisplay,
  /** @deprecated Import it from "heed/note". */
  selfDisplay,
  /** @deprecated Import it from "heed/note". */
  type Showable,
  /** @deprecated Import it from "heed/note". */
  storeNote,
  /** @deprecated Import it from "heed/note". */
  libraryVersion,
  /** @deprecated Import it from "heed/note". */
  isolated,
  /** @deprecated Import it from "heed/note". */
  nameOfUnseen,
  /** @deprecated Import it from "heed/note". */
  titleText,
  /** @deprecated Import it from "heed/note". */
  visibleToken,
  /** @deprecated Import it from "heed/note". */
  languageOf,
  /** @deprecated Import it from "heed/note". */
  type Language,
  /** @deprecated Import it from "heed/note". */
  type Wording,
  /** @deprecated Import it from "heed/note". */
  noteMimeType,
  /** @deprecated Import it from "heed/note". */
  type NoteKind,
  /** @deprecated Import it from "heed/note". */
  noteKinds,
  /** @deprecated Import it from "heed/note". */
  type Axis,
  /** @deprecated Import it from "heed/note". */
  type InlineArray,
  /** @deprecated Import it from "heed/note". */
  type BlockOverview,
  /** @deprecated Import it from "heed/note". */
  type PyramidLevel,
  /** @deprecated Import it from "heed/note". */
  type ExternalArray,
  /** @deprecated Import it from "heed/note". */
  type EncodedArray,
  /** @deprecated Import it from "heed/note". */
  type NoteImage,
  /** @deprecated Import it from "heed/note". */
  type ScoreName,
  /** @deprecated Import it from "heed/note". */
  scoreNames,
  /** @deprecated Import it from "heed/note". */
  type DetailName,
  /** @deprecated Import it from "heed/note". */
  detailNames,
  /** @deprecated Import it from "heed/note". */
  parameterNames,
  /** @deprecated Import it from "heed/note". */
  type NoteScore,
  /** @deprecated Import it from "heed/note". */
  type NoteMask,
  /** @deprecated Import it from "heed/note". */
  type NoteView,
  /** @deprecated Import it from "heed/note". */
  type NoteHighlights,
  /** @deprecated Import it from "heed/note". */
  type NoteSource,
  /** @deprecated Import it from "heed/note". */
  type SameAxis,
  /** @deprecated Import it from "heed/note". */
  type StoredNote,
  /** @deprecated Import it from "heed/note". */
  type Note,
} from "../../note/index.js";
