import type { Tensor } from "../engine/index.js";
import type { Named } from "./named.js";
import type { StepEvent } from "./report.js";
import type { Trained } from "./trained.js";

/** A loss or a gradient that is NaN or infinite. Nothing is lost: `trained` is what there was after the step before. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
  /** The step that was not taken. */
  readonly step: number;
  readonly trained: Trained<unknown>;

  constructor({ step, epoch, loss, gradientNorm }: StepEvent, where: string, trained: Trained<unknown>) {
    const what = Number.isFinite(loss) ? `the norm of the gradients is ${gradientNorm}` : `the loss is ${loss}`;
    super(
      `train: ${what} at step ${step} (epoch ${epoch}); ${where}. ` +
        `The parameters of step ${step - 1} are in error.trained. A lower rate, a warm-up or clipNorm often helps`,
    );
    this.step = step;
    this.trained = trained;
  }
}

/** How many elements are NaN or infinite, as `badElementsOf` counts them. */
export interface BadElements {
  readonly gradients: Named<Tensor>;
  readonly parameters: Named<Tensor>;
}

/** Where elements are not finite, in words; the first few places. */
export function describeBadElements({ gradients, parameters }: BadElements, like: Named<Tensor>, loss: number): string {
  const places = [...placesOf("parameter", parameters, like), ...placesOf("gradient of", gradients, like)];
  if (places.length === 0) {
    return Number.isFinite(loss)
      ? "every gradient is finite, but the sum of their squares does not fit into a float32"
      : "every parameter and every gradient is finite";
  }
  const more = places.length > 4 ? ` and ${places.length - 4} more` : "";
  return `not finite: ${places.slice(0, 4).join(", ")}${more}`;
}

function placesOf(what: string, counts: Named<Tensor>, like: Named<Tensor>): string[] {
  return Object.entries(counts)
    .filter(([, count]) => count.data[0] !== 0)
    .map(([name, count]) => `${what} ${name} (${count.data[0]} of ${like[name]?.data.length} elements)`);
}
