/**
 * What training tells while it runs. Whoever shows it needs only this file: the events are plain numbers and words.
 */

/** One step. */
export interface StepEvent {
  readonly kind: "step";
  /** counts from 1 */
  readonly step: number;
  /** counts from 0 */
  readonly epoch: number;
  readonly loss: number;
  readonly rate: number;
  /** before clipping */
  readonly gradientNorm: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** how long the step took */
  readonly milliseconds: number;
}

/** One look at data that is not learned from. */
export interface ValidationEvent {
  readonly kind: "validation";
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** whether no loss before was as low */
  readonly isBest: boolean;
}

/** Why training ended. */
export type EndReason = "finished" | "interrupted" | "no improvement" | "not finite";

export type TrainingEvent =
  | {
      readonly kind: "start";
      /** how many numbers are learned */
      readonly parameters: number;
      /** the steps made before, when training is resumed */
      readonly step: number;
      /** at which step it will end, if that is known */
      readonly steps: number | undefined;
      readonly epochs: number | undefined;
    }
  | StepEvent
  | ValidationEvent
  | { readonly kind: "checkpoint"; readonly step: number }
  | { readonly kind: "end"; readonly step: number; readonly reason: EndReason };

export type Reporter = (event: TrainingEvent) => void;
