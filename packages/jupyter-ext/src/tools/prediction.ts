import { Signal, type ISignal } from "@lumino/signaling";

/** Whether readers want to guess a weight before they are told it; one switch for all figures of the page. */
export class Prediction {
  readonly #changed = new Signal<this, void>(this);
  #isOn = false;

  get isOn(): boolean {
    return this.#isOn;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  turn(on: boolean): void {
    if (on === this.#isOn) return;
    this.#isOn = on;
    this.#changed.emit();
  }
}
