export { Bert, type Filling, type Pretraining } from "./bert/bert.js";
export type { BertOptions } from "./bert/config.js";
export type { PretrainingReport } from "./bert/report.js";
export type { BertText } from "./bert/texts.js";
export { Captioner, type CaptionerOptions, type CaptionTraining } from "./captioner/captioner.js";
export type { CaptionReport, PictureWithCaption } from "./captioner/report.js";
export type { SeenCaption } from "./captioner/seen-caption.js";
export type { BeamSearchOptions, Decoder, Hypothesis } from "./beam-search.js";
export { Seq2seq, type Seq2seqOptions } from "./seq2seq/seq2seq.js";
export type { Translation } from "./seq2seq/translation.js";
export type { TranslationReport } from "./translation-report.js";
export type { PairBatch, PredictOptions, TranslationModel, TranslationTraining } from "./translation-model.js";
export type { ClassificationReport, LabelledText } from "./summary-classifier/report.js";
export {
  SummaryClassifier,
  type ClassifierTraining,
  type SummaryClassifierOptions,
} from "./summary-classifier/summary-classifier.js";
export type { TextSummary } from "./summary-classifier/text-summary.js";
export { Transformer, type TransformerOutput, type TransformerOptions } from "./transformer/transformer.js";
