import type { SentencePair } from "../text/corpora-pairs.js";
import type { TrainOptions } from "../training/index.js";

/** How a translation model is trained. */
export interface TranslationTraining
  extends Pick<TrainOptions<never>, "seed" | "report" | "signal" | "checkpoint" | "runner" | "threads"> {
  /** How many batches are learned from; the rate falls to 0 until then. */
  readonly steps?: number;
  readonly batchSize?: number;
  /** The highest learning rate. */
  readonly rate?: number;
  /** Pairs that are not learned from: of all states of the net, the one that does best on these is kept. */
  readonly validation?: readonly SentencePair[];
}
