import type { IDisposable } from "@lumino/disposable";
import type { Note } from "heed/note";
import { element } from "../view/element.js";
import type { TokenCell } from "../view/selection.js";
import type { Surroundings } from "../view/surroundings.js";
import type { Tool, ToolFigure, ToolName, ToolType } from "./tool.js";

const toolTypes: readonly ToolType[] = [
  {
    name: "sliders",
    label: (phrases) => phrases.__("Try out"),
    title: (phrases) => phrases.__("Change temperature, mask, scale and vectors, and see what becomes of the weights"),
    // weights that were given as they are have nothing that they could be computed from again
    suits: ({ text, note }) => text !== undefined && note?.score !== undefined,
    load: async () => {
      const { Sliders } = await import("../sliders/sliders.js");
      return (context) => new Sliders(context);
    },
  },
  {
    name: "derivation",
    label: (phrases) => phrases.__("Derivation"),
    title: (phrases) => phrases.__("How a weight was made, number by number"),
    // weights alone have no derivation, but may be guessed
    suits: ({ note }, { prediction }) => prediction.isOn || (note !== undefined && isDerivable(note)),
    load: async () => {
      const { Derivation } = await import("../derivation/derivation.js");
      return (context) => new Derivation(context);
    },
  },
  {
    name: "table",
    label: (phrases) => phrases.__("Table"),
    title: (phrases) => phrases.__("The numbers of the picture as a table"),
    suits: () => true,
    load: async () => {
      const { DataTable } = await import("../table/data-table.js");
      return (context) => new DataTable(context);
    },
  },
];

/** Whether a note holds any of the numbers behind its weights. */
const isDerivable = ({ score, scores, query, keys, values }: Note): boolean =>
  [score, scores, query, keys, values].some((part) => part !== undefined);

/** What a figure offers below its picture: buttons, and what they open. The code of each tool is loaded when it is first opened. */
export class FigureTools implements IDisposable {
  readonly node = element("div", "jp-HeedTools");
  readonly #figure: ToolFigure;
  readonly #surroundings: Surroundings;
  readonly #announce: (sentence: string) => void;
  readonly #bar = element("div", "jp-HeedTools-bar");
  readonly #buttons = new Map<ToolName, HTMLButtonElement>();
  readonly #open = new Map<ToolName, Tool | undefined>();
  #hasChosen = false;
  #isDisposed = false;

  constructor(figure: ToolFigure, surroundings: Surroundings, announce: (sentence: string) => void) {
    this.#figure = figure;
    this.#surroundings = surroundings;
    this.#announce = announce;
    for (const { name } of toolTypes) {
      const button = element("button", "jp-HeedTools-button");
      button.type = "button";
      button.dataset["tool"] = name;
      button.addEventListener("click", () => (this.#open.has(name) ? this.#close(name) : this.toggle(name)));
      this.#buttons.set(name, button);
      this.#bar.append(button);
    }
    this.#bar.setAttribute("role", "group");
    this.node.append(this.#bar);
    // a double click here must not open the Markdown source of a written note
    this.node.addEventListener("dblclick", (event) => event.stopPropagation());
    figure.selected.connect((_, { cell }) => {
      const opens = cell !== undefined && this.suits("derivation");
      if (opens || this.#hasChosen) this.toggle("derivation", opens);
      this.#hasChosen = cell !== undefined;
      for (const tool of this.#open.values()) tool?.update();
    });
    figure.visited.connect((_, cell) => this.#tell(cell));
    surroundings.prediction.guessed.connect(this.#onGuess, this);
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  suits(name: ToolName): boolean {
    return toolTypes.some((type) => type.name === name && type.suits(this.#figure, this.#surroundings));
  }

  isOpen(name: ToolName): boolean {
    return this.#open.has(name);
  }

  /** Opens or closes a tool. */
  toggle(name: ToolName, open: boolean = !this.#open.has(name)): void {
    const button = this.#buttons.get(name);
    if (open === this.#open.has(name) || !button) return;
    button.setAttribute("aria-expanded", String(open));
    if (!open) {
      this.#open.get(name)?.dispose();
      this.#open.delete(name);
      return;
    }
    this.#open.set(name, undefined);
    const type = toolTypes.find((one) => one.name === name);
    type?.load().then(
      (make) => this.#show(name, make),
      (error: unknown) => {
        console.error(error);
        this.toggle(name, false);
      },
    );
  }

  /** Follows another note or language. */
  update(): void {
    const { phrases } = this.#surroundings;
    this.#bar.setAttribute("aria-label", phrases.__("More about this picture"));
    for (const { name, label, title, suits } of toolTypes) {
      const button = this.#buttons.get(name);
      if (!button) continue;
      button.textContent = label(phrases);
      button.title = title(phrases);
      button.hidden = !suits(this.#figure, this.#surroundings);
      button.setAttribute("aria-expanded", String(this.#open.has(name)));
      if (button.hidden) this.toggle(name, false);
    }
    for (const tool of this.#open.values()) tool?.update();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#surroundings.prediction.guessed.disconnect(this.#onGuess, this);
    for (const tool of this.#open.values()) tool?.dispose();
    this.#open.clear();
    this.node.remove();
  }

  /** Lets the box at the pointer tell the weight of a cell that was guessed, while others are hidden. */
  #tell(cell: TokenCell | undefined): void {
    const { note, selection } = this.#figure;
    const isTold = cell && note && !this.#surroundings.prediction.hides(note, selection.head, cell);
    this.#figure.node.classList.toggle("jp-mod-told", isTold === true);
  }

  #onGuess(_: unknown, note: Note): void {
    if (note === this.#figure.note) for (const tool of this.#open.values()) tool?.update();
  }

  /** Closes a tool because the reader says so; without its derivation a cell need not stay chosen. */
  #close(name: ToolName): void {
    this.toggle(name, false);
    if (name === "derivation" && this.#figure.selection.cell) this.#figure.select({ cell: undefined });
  }

  #show(name: ToolName, make: (context: Parameters<Awaited<ReturnType<ToolType["load"]>>>[0]) => Tool): void {
    // closed again, or opened twice, while its code was loaded
    if (this.#isDisposed || !this.#open.has(name) || this.#open.get(name)) return;
    const tool = make({
      figure: this.#figure,
      surroundings: this.#surroundings,
      announce: this.#announce,
      close: () => {
        this.#close(name);
        this.#buttons.get(name)?.focus();
      },
    });
    this.#open.set(name, tool);
    tool.node.dataset["tool"] = name;
    // in the order of the buttons, whichever was opened first
    const order = toolTypes.map((type) => type.name);
    const after = [...this.node.children].find(
      (child) => child instanceof HTMLElement && order.indexOf(child.dataset["tool"] as ToolName) > order.indexOf(name),
    );
    this.node.insertBefore(tool.node, after ?? null);
    tool.update();
  }
}
