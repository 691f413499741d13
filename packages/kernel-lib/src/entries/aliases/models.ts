/** Names that stood in "heed" itself before `heed/models` had them; they go with the next release but one. */
export {
  /** @deprecated Import it from "heed/models". */
  type StoredModel,
  /** @deprecated Import it from "heed/models". */
  type TrainedKind,
  /** @deprecated Import it from "heed/models". */
  type Filling,
  /** @deprecated Import it from "heed/models". */
  type Pretraining,
  /** @deprecated Import it from "heed/models". */
  type BertOptions,
  /** @deprecated Import it from "heed/models". */
  type PretrainingReport,
  /** @deprecated Import it from "heed/models". */
  type BertText,
  /** @deprecated Import it from "heed/models". */
  type CaptionerOptions,
  /** @deprecated Import it from "heed/models". */
  type CaptionTraining,
  /** @deprecated Import it from "heed/models". */
  type CaptionReport,
  /** @deprecated Import it from "heed/models". */
  type PictureWithCaption,
  /** @deprecated Import it from "heed/models". */
  type SeenCaption,
  /** @deprecated Import it from "heed/models". */
  type BeamSearchOptions,
  /** @deprecated Import it from "heed/models". */
  type Decoder,
  /** @deprecated Import it from "heed/models". */
  type Hypothesis,
  /** @deprecated Import it from "heed/models". */
  type Seq2seqOptions,
  /** @deprecated Import it from "heed/models". */
  type Translation,
  /** @deprecated Import it from "heed/models". */
  type TranslationReport,
  /** @deprecated Import it from "heed/models". */
  type PairBatch,
  /** @deprecated Import it from "heed/models". */
  type PredictOptions,
  /** @deprecated Import it from "heed/models". */
  type TranslationModel,
  /** @deprecated Import it from "heed/models". */
  type TranslationTraining,
  /** @deprecated Import it from "heed/models". */
  type ClassificationReport,
  /** @deprecated Import it from "heed/models". */
  type LabelledText,
  /** @deprecated Import it from "heed/models". */
  type ClassifierTraining,
  /** @deprecated Import it from "heed/models". */
  type SummaryClassifierOptions,
  /** @deprecated Import it from "heed/models". */
  type TextSummary,
  /** @deprecated Import it from "heed/models", where it is called `TransformerOutput`. */
  type TransformerLook,
  /** @deprecated Import it from "heed/models". */
  type TransformerOptions,
} from "../models.js";
