import { clientScale, placeOn } from "../client.js";
import type { MapAction } from "./controls.js";

/** What pointer and keyboard ask of a map. Places are pixels from the top left corner of its canvas. */
export interface MapCommands {
  pan(x: number, y: number): void;
  zoom(factor: number, x: number, y: number): void;
  point(x: number, y: number): void;
  /** The cell that is asked about is clicked or entered. */
  choose(by: "pointer" | "keyboard"): void;
  walk(down: number, across: number): void;
  page(down: number, across: number): void;
  act(action: MapAction): void;
  leave(): void;
}

/** Pixels that a pointer may move in a click. */
const still = 4;
/** Cells; clamped to the matrix. */
const far = 1e9;

/**
 * Pointer: drag pans, a click chooses, a double click zooms in, Ctrl (or ⌘) with the wheel zooms; the wheel alone scrolls the page.
 * Keys: arrows walk; with Shift they move half a page; Home, End, Page Up, Page Down; + and − zoom, 0 shows all; Enter chooses.
 */
export class MapInput {
  readonly #commands: MapCommands;
  readonly #canvas: HTMLElement;
  readonly #ends = new AbortController();
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #moved = 0;
  #byKeyboard = false;

  /** @param node takes the focus */
  constructor(node: HTMLElement, canvas: HTMLElement, commands: MapCommands) {
    this.#commands = commands;
    this.#canvas = canvas;
    const { signal } = this.#ends;
    canvas.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    canvas.addEventListener("pointermove", (event) => this.#move(event), { signal });
    canvas.addEventListener("pointerup", (event) => this.#release(event), { signal });
    canvas.addEventListener(
      "pointercancel",
      (event) => {
        this.#release(event);
        commands.leave();
      },
      { signal },
    );
    // a finger that is lifted leaves what it has asked for, until it taps elsewhere
    canvas.addEventListener(
      "pointerleave",
      ({ pointerType }) => pointerType !== "touch" && !this.#byKeyboard && commands.leave(),
      { signal },
    );
    canvas.addEventListener("click", () => this.#moved <= still && commands.choose("pointer"), { signal });
    canvas.addEventListener("dblclick", (event) => this.#double(event), { signal });
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    node.addEventListener("keydown", (event) => this.#key(event), { signal });
    node.addEventListener("blur", () => commands.leave(), { signal });
  }

  dispose(): void {
    this.#ends.abort();
  }

  #at(event: MouseEvent): [number, number] {
    const { x, y } = placeOn(this.#canvas, event);
    return [x, y];
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#moved = 0;
    // a finger does not move over a cell before it comes down on it
    this.#commands.point(...this.#at(event));
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  #move(event: PointerEvent): void {
    this.#byKeyboard = false;
    const before = this.#pointers.get(event.pointerId);
    if (!before) return this.#commands.point(...this.#at(event));
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    this.#moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (this.#moved <= still) return;
    // captured only once it is a drag, so that a click stays one
    if (!this.#canvas.hasPointerCapture(event.pointerId)) this.#canvas.setPointerCapture(event.pointerId);
    this.#commands.leave();
    if (other) {
      const span = (point: { x: number; y: number }): number => Math.hypot(point.x - other.x, point.y - other.y);
      this.#commands.zoom(span(now) / Math.max(1, span(before)), ...this.#at(event));
    } else {
      const scale = clientScale(this.#canvas);
      this.#commands.pan((now.x - before.x) / scale.x, (now.y - before.y) / scale.y);
    }
  }

  #release(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId);
  }

  #double(event: MouseEvent): void {
    event.preventDefault();
    // not the Markdown source of a written note
    event.stopPropagation();
    this.#commands.zoom(2.5, ...this.#at(event));
  }

  #wheel(event: WheelEvent): void {
    // JupyterLab may zoom the panel by the same wheel: it hears of it first, and says so
    if (event.defaultPrevented || (!event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    this.#commands.leave();
    this.#commands.zoom(Math.exp(-Math.max(-100, Math.min(100, pixels)) * 0.006), ...this.#at(event));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const commands = this.#commands;
    const ways: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      Home: [0, -far],
      End: [0, far],
      PageUp: [-10, 0],
      PageDown: [10, 0],
    };
    const way = ways[event.key];
    this.#byKeyboard = true;
    if (way && event.shiftKey) commands.page(...way);
    else if (way) commands.walk(...way);
    else if (event.key === "+" || event.key === "=") commands.act("in");
    else if (event.key === "-" || event.key === "_") commands.act("out");
    else if (event.key === "0") commands.act("whole");
    else if (event.key === "Enter" || event.key === " ") commands.choose("keyboard");
    else if (event.key === "Escape") commands.leave();
    else return;
    // handled here: the notebook must not also move its own selection
    event.preventDefault();
    event.stopPropagation();
  }
}
