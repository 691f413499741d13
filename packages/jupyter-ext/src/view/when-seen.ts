import type { IDisposable } from "@lumino/disposable";
import { isScrolling } from "./scrolling.js";
import { leaveTurn, takeTurn } from "./turns.js";
import { isNearViewport, unwatchViewport, watchViewport } from "./viewport.js";

/** What is placed on the page and drawn there. */
export interface Drawn {
  /** Fetches what placing needs; undefined where that is there. */
  fetch(): Promise<void> | undefined;
  /** Takes its place at its final size, so that nothing jumps when it is drawn. */
  place(): void;
  /** Shows at once, in place of what is not drawn yet, what costs next to nothing. */
  sketch(): void;
  draw(): Promise<void>;
  /** Whether another width, for which it was placed, changes nothing in what is drawn. */
  hasSameSize(): boolean;
  /** Something of the above went wrong. */
  fail(error: unknown): void;
}

/**
 * Decides when what is in an element is placed and drawn.
 *
 * It is placed as soon as the element has a width: JupyterLab measures a cell once when it has attached it, and sets its
 * scroll bar by that. It is drawn near the viewport only, and not while it is passing by. What changes later is placed again near
 * the viewport at once, elsewhere when there is time.
 */
export class WhenSeen implements IDisposable {
  readonly #element: HTMLElement;
  readonly #drawn: Drawn;
  readonly #resizes = new ResizeObserver(() => this.#resized());
  #todo: "place" | "draw" | "nothing" = "nothing";
  #isPlaced = false;
  #isNear = false;
  #isBusy = false;
  #hasOtherWidth = false;
  #width = 0;
  #isDisposed = false;

  constructor(element: HTMLElement, drawn: Drawn) {
    this.#element = element;
    this.#drawn = drawn;
    this.#resizes.observe(element);
    watchViewport(element, (nearness) => {
      this.#isNear = nearness === "near";
      if (this.#isNear) return this.#step();
      leaveTurn(element);
      if (nearness === "ahead" && this.#todo === "draw" && !this.#isBusy && isScrolling()) this.#drawn.sketch();
    });
  }

  /** The width of the element when it was placed. */
  get width(): number {
    return this.#width;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** All is to be placed and drawn again. */
  change(): void {
    this.#todo = "place";
    this.#hasOtherWidth = false;
    this.#step();
  }

  /** The element may have come to the page by now, or to another place on it. */
  settle(): void {
    this.#isNear ||= isNearViewport(this.#element);
    this.#step();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#resizes.disconnect();
    unwatchViewport(this.#element);
    leaveTurn(this.#element);
  }

  #resized(): void {
    const { clientWidth } = this.#element;
    // a hidden element has no width; what it shows stays as it is
    if (clientWidth === 0) return;
    if (this.#isPlaced && Math.abs(clientWidth - this.#width) >= 2) {
      // scroll bars come and go, mostly beside pictures that do not need all of the width
      this.#hasOtherWidth = this.#todo === "nothing";
      this.#todo = "place";
    }
    this.#step();
  }

  #step(): void {
    if (this.#todo === "nothing" || this.#isBusy || this.#isDisposed || !hasWidth(this.#element)) return;
    if (this.#todo === "place") {
      // while a notebook is being laid out, a frame is long: what is in sight already is drawn in the first
      if (!this.#isPlaced) this.#isNear ||= isNearViewport(this.#element);
      else if (!this.#isNear) return whenIdle(() => this.#placeAgain());
      const fetching = this.#drawn.fetch();
      if (fetching) return void this.#during(() => fetching);
      this.#place();
    }
    if (this.#todo !== "draw" || !this.#isNear) return;
    if (isScrolling()) this.#drawn.sketch();
    takeTurn(this.#element, () => this.#draw());
  }

  #place(): void {
    try {
      this.#width = this.#element.clientWidth;
      this.#drawn.place();
      this.#isPlaced = true;
      this.#todo = this.#hasOtherWidth && this.#drawn.hasSameSize() ? "nothing" : "draw";
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Keeps the right place of a picture that is far away. */
  #placeAgain(): void {
    const isLeft = this.#todo === "place" && !this.#isNear && !this.#isBusy && !this.#isDisposed;
    if (isLeft && hasWidth(this.#element) && !this.#drawn.fetch()) this.#place();
  }

  #draw(): void {
    if (this.#todo !== "draw" || this.#isDisposed) return;
    this.#todo = "nothing";
    void this.#during(() => this.#drawn.draw());
  }

  /** Waits for what takes time; what changes meanwhile is done after it. */
  async #during(work: () => Promise<void>): Promise<void> {
    this.#isBusy = true;
    try {
      await work();
    } catch (error) {
      this.#fail(error);
    }
    this.#isBusy = false;
    this.#step();
  }

  #fail(error: unknown): void {
    this.#todo = "nothing";
    if (!this.#isDisposed) this.#drawn.fail(error);
  }
}

const hasWidth = (element: HTMLElement): boolean => element.isConnected && element.clientWidth > 0;

function whenIdle(callback: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(callback);
  else setTimeout(callback, 50);
}
