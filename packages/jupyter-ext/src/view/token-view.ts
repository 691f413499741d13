import { element } from "./element.js";
import { Legend } from "./legend.js";
import type { Selection } from "./selection.js";
import type { TokenCursor } from "./token-cursor.js";
import { tokenMatrix, type TokenMatrix } from "./token-matrix.js";
import type { Marks, Scene, View } from "./view.js";

/** What views of single tokens share: a cursor that walks them, a legend below, and a painting before the next frame whenever something changes. */
export abstract class TokenView implements View {
  readonly node: HTMLElement;
  readonly focusable: HTMLElement;
  protected readonly legend = new Legend();
  protected marks: Marks = { rows: [], columns: [] };
  protected abstract readonly cursor: TokenCursor;
  #matrices: TokenMatrix[] = [];
  #painting = 0;
  #isDisposed = false;

  constructor(className: string, picture: HTMLElement) {
    this.node = element("div", className);
    this.focusable = this.node;
    this.node.tabIndex = 0;
    this.node.setAttribute("role", "application");
    this.node.append(picture, this.legend.node);
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  abstract place(scene: Scene): string;

  /** The weights of a scene, until others are placed. */
  protected follow(scene: Scene): TokenMatrix {
    const matrix = tokenMatrix(scene, () => this.cursor.refresh());
    this.#matrices.push(matrix);
    return matrix;
  }

  /** Ends the reading of weights that are not shown any more. */
  protected unfollow(): void {
    for (const matrix of this.#matrices) matrix.stop();
    this.#matrices = [];
  }

  /** Shows what was placed, as the cursor says. */
  protected abstract paint(): void;

  async draw(): Promise<void> {
    this.#paint();
  }

  choose(selection: Selection): void {
    this.cursor.choose(selection);
  }

  mark(marks: Marks): void {
    this.marks = marks;
    this.paintSoon();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.unfollow();
    cancelAnimationFrame(this.#painting);
    this.node.remove();
  }

  /** Paints once before the next frame, however often something changes. */
  protected paintSoon(): void {
    cancelAnimationFrame(this.#painting);
    this.#painting = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    // a column takes long to read, and only that of the token whose weights are shown is wanted
    if (this.cursor.source?.axis !== "columns") for (const matrix of this.#matrices) matrix.stop("columns");
    this.paint();
  }
}
