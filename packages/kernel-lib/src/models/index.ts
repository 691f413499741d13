export type { BeamSearchOptions, Decoder, Hypothesis } from "./beam-search.js";
export { Seq2seq, type Seq2seqOptions } from "./seq2seq/seq2seq.js";
export type { Translation } from "./seq2seq/translation.js";
export type { StoredModel } from "./stored-model.js";
export type { TranslationReport } from "./translation-report.js";
export type { PairBatch, PredictOptions, TranslationModel, TranslationTraining } from "./translation-model.js";
export type { ClassificationReport, LabelledText } from "./summary-classifier/report.js";
export { SummaryClassifier, type ClassifierTraining, type SummaryClassifierOptions } from "./summary-classifier/summary-classifier.js";
export type { TextSummary } from "./summary-classifier/text-summary.js";
