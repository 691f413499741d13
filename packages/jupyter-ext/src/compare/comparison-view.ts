import "../../style/box.css";
import "../../style/compare.css";
import { Widget } from "@lumino/widgets";
import type { ReadonlyJSONObject } from "@lumino/coreutils";
import type { Message } from "@lumino/messaging";
import { Signal, type ISignal } from "@lumino/signaling";
import type { Note } from "heed/note";
import type { IFigures } from "../figures.js";
import type { Restorable } from "../restored.js";
import { element } from "../view/element.js";
import type { Figure } from "../view/figure.js";
import { keepKeys } from "../view/own-keys.js";
import { readTheme, textMeasurer } from "../view/page.js";
import type { ViewHost } from "../view/view.js";
import { axisName, kindName, placeLabel, precise, sentence } from "../view/wording.js";
import { besideEachOther } from "./arrange.js";
import { obstacleText, summaryText } from "./comparison-text.js";
import { compareNotes, type Comparison, type Obstacle, type Side } from "./comparison.js";
import { distanceTable } from "./distance-table.js";
import { comparisonFigures } from "./figures.js";
import { ComparisonPanel } from "./panel.js";
import { SideSelect, type Chosen } from "./side-select.js";
import { PerNote, readBeside, type NoteChoices } from "./note-choices.js";

const gap = 24;
/** Pause in typing, in milliseconds, after which the comparison follows. */
const pause = 150;

type PanelName = "a" | "b" | "difference";

/** What is compared with what. */
export type Sides = Readonly<Record<"a" | "b", Chosen>>;

/** Two notes side by side, and what differs: A, B, A − B, and the distance of each row. */
export class ComparisonView extends Widget implements Restorable {
  readonly #figures: IFigures;
  readonly #choices: NoteChoices;
  readonly #selects = { a: new SideSelect(() => this.#show()), b: new SideSelect(() => this.#show()) };
  readonly #swap = element("button", "jp-HeedButton", "⇄");
  readonly #words = element("p", "jp-HeedComparison-words");
  readonly #panels: Readonly<Record<PanelName, ComparisonPanel>>;
  readonly #row = element("div", "jp-HeedComparison-panels");
  readonly #distances = element("div", "jp-HeedComparison-distances");
  readonly #source = element("p", "jp-HeedComparison-source");
  readonly #announcer = element("div", "jp-HeedFigure-announcer");
  readonly #resizes = new ResizeObserver(() => this.#draw());
  readonly #argsChanged = new Signal<this, void>(this);
  readonly #unfollow: () => void;
  /** What notes are called, undefined where one cannot be read. */
  readonly #titles = new PerNote(1_000, (choice, language) =>
    choice.read(language).then(
      ({ title, kind }) => ({ title, kind }),
      () => undefined,
    ),
  );
  readonly #read = new PerNote(4, (choice, language) => choice.read(language).catch(() => undefined));
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading = 0;
  #notes: Partial<Record<"a" | "b", Note>> = {};
  #comparison: Comparison | undefined;
  #width = 0;

  constructor(figures: IFigures, choices: NoteChoices, { a, b }: Sides) {
    super();
    this.#figures = figures;
    this.#choices = choices;
    this.addClass("jp-HeedComparison");
    this.node.tabIndex = -1;
    keepKeys(this.node);
    this.#announcer.setAttribute("aria-live", "polite");
    this.#words.setAttribute("role", "status");
    this.#swap.type = "button";
    this.#swap.addEventListener("click", () => this.#exchange());
    const host: ViewHost = {
      visit: (cell) => {
        for (const panel of Object.values(this.#panels)) panel.cursor.choose(cell);
      },
      select: () => undefined,
      announce: (words) => {
        this.#announcer.textContent = words;
      },
    };
    this.#panels = { a: new ComparisonPanel(host), b: new ComparisonPanel(host), difference: new ComparisonPanel(host) };
    this.#row.append(...Object.values(this.#panels).map(({ node }) => node));
    const head = element("div", "jp-HeedComparison-head");
    head.append(this.#selects.a.node, this.#swap, this.#selects.b.node);
    this.node.append(head, this.#words, this.#row, this.#distances, this.#source, this.#announcer);
    this.#resizes.observe(this.node);
    const follow = (): void => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#list(), pause);
    };
    choices.changed.connect(follow);
    const unfollow = figures.onChange(() => void this.#list());
    this.#unfollow = () => {
      choices.changed.disconnect(follow);
      unfollow();
    };
    this.#selects.a.chosen = a;
    this.#selects.b.chosen = b;
    void this.#list();
  }

  get args(): ReadonlyJSONObject | undefined {
    const { path } = this.#choices;
    return path === undefined ? undefined : { path, a: argsOf(this.#selects.a), b: argsOf(this.#selects.b) };
  }

  get argsChanged(): ISignal<this, void> {
    return this.#argsChanged;
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#unfollow();
    clearTimeout(this.#timer);
    this.#choices.dispose();
    this.#resizes.disconnect();
    for (const panel of Object.values(this.#panels)) panel.dispose();
    super.dispose();
  }

  protected override onActivateRequest(_: Message): void {
    this.#selects.a.focus();
  }

  #exchange(): void {
    const { a, b } = this.#selects;
    [a.chosen, b.chosen] = [b.chosen, a.chosen];
    void this.#list();
  }

  /** Writes the choices, in the language of the interface; notes are read only when they are chosen. */
  async #list(): Promise<void> {
    const { phrases } = this.#figures;
    this.node.setAttribute("aria-label", phrases.__("Comparison of two notes"));
    this.#swap.setAttribute("aria-label", phrases.__("Exchange A and B"));
    this.#swap.title = phrases.__("Exchange A and B");
    this.title.label = phrases.__("Comparison");
    this.title.caption = phrases.__("Comparison of two notes");
    await this.#choices.ready;
    if (this.isDisposed) return;
    const listed = this.#choices.list();
    const named = await Promise.all(
      listed.map(async (choice) => {
        const known = await this.#titles.of(choice, this.#figures.language);
        const title = known ? (known.title ?? kindName(known, phrases)) : phrases.__("Cannot be drawn");
        const name = choice.cell === undefined ? title : `${phrases.__("Cell %1", choice.cell + 1)} · ${title}`;
        return { id: choice.id, name };
      }),
    );
    if (this.isDisposed) return;
    this.#selects.a.offer("A", named, phrases);
    this.#selects.b.offer("B", named, phrases);
    await this.#show();
  }

  async #show(): Promise<void> {
    const reading = ++this.#reading;
    const listed = this.#choices.list();
    const read = async (side: "a" | "b"): Promise<Note | undefined> => {
      const choice = listed.find(({ id }) => id === this.#selects[side].chosen.id);
      return choice && this.#read.of(choice, this.#figures.language);
    };
    const [a, b] = await Promise.all([read("a"), read("b")]);
    if (reading !== this.#reading || this.isDisposed) return;
    const { phrases } = this.#figures;
    this.#notes = { ...(a && { a }), ...(b && { b }) };
    for (const side of ["a", "b"] as const) this.#selects[side].offerHeads(this.#notes[side], phrases);
    this.#argsChanged.emit();
    const { openSide } = this.#choices;
    await Promise.all(
      (["a", "b"] as const).map((side) => {
        const note = this.#notes[side];
        return note && readBeside(note, this.#selects[side].chosen.head, openSide);
      }),
    );
    if (reading !== this.#reading || this.isDisposed) return;
    this.#compare();
  }

  #compare(): void {
    const { phrases } = this.#figures;
    const { a, b } = this.#notes;
    const sideOf = (note: Note, side: "a" | "b"): Side => ({ note, head: this.#selects[side].chosen.head });
    const found = a && b ? compareNotes(sideOf(a, "a"), sideOf(b, "b")) : undefined;
    this.#comparison = typeof found === "object" ? found : undefined;
    this.#row.hidden = this.#comparison === undefined;
    this.#distances.hidden = this.#row.hidden;
    this.#source.hidden = this.#row.hidden;
    this.#words.classList.toggle("jp-mod-wrong", this.#comparison === undefined);
    if (!this.#comparison) {
      this.#words.textContent = found === undefined ? this.#absence() : obstacleText(found as Obstacle, phrases);
      return;
    }
    this.#words.textContent = summaryText(this.#comparison, phrases);
    this.#distances.replaceChildren(distanceTable(this.#comparison, phrases));
    this.#source.textContent = phrases.__(
      "Distance of rows a and b: √(½ Σ a log₂(a ÷ m) + ½ Σ b log₂(b ÷ m)), m = (a + b) ÷ 2; base 2, so 0 is the same and 1 nothing in common (Lin 1991; Endres & Schindelin 2003).",
    );
    this.#width = 0;
    this.#draw();
  }

  /** Why there is no note on one of the sides. */
  #absence(): string {
    const { phrases } = this.#figures;
    const listed = new Set(this.#choices.list().map(({ id }) => id));
    const isGone = Object.values(this.#selects).some(({ chosen: { id } }) => id === undefined || !listed.has(id));
    return isGone
      ? phrases.__("One of these notes is not there any more; choose another.")
      : phrases.__("One of these notes cannot be read.");
  }

  #draw(): void {
    const { settings, phrases } = this.#figures;
    const width = this.#row.clientWidth;
    const [comparison, note] = [this.#comparison, this.#notes.a];
    if (!comparison || !note || width === 0 || Math.abs(width - this.#width) < 2) return;
    this.#width = width;
    const theme = readTheme("none");
    const { rows, columns } = note.axes;
    const names = { rows: axisName(rows.name, phrases), columns: axisName(columns.name, phrases) };
    const drawnAt = (each: number): ReturnType<typeof comparisonFigures> =>
      comparisonFigures(comparison, names, { ...settings, width: each, theme, measure: textMeasurer(theme), phrases });
    const { across, drawn: figures } = besideEachOther(width, gap, drawnAt);
    this.#row.style.setProperty("--jp-heed-across", String(across));
    const headings: Readonly<Record<PanelName, string>> = { a: "A", b: "B", difference: "A − B" };
    for (const name of ["a", "b", "difference"] as const) this.#drawPanel(name, headings[name], figures[name], comparison);
  }

  #drawPanel(name: PanelName, heading: string, figure: Figure, comparison: Comparison): void {
    const { phrases } = this.#figures;
    const { rows, columns, a, b, difference } = comparison;
    const panel = this.#panels[name];
    panel.name(heading, `${heading}, ${rows.length} × ${columns.length}. ${phrases.__("Arrow keys walk the cells.")}`);
    const say = (row: number, column: number): ReturnType<typeof sentence> => {
      const at = row * columns.length + column;
      const weight = (values: Float32Array): string =>
        Number.isNaN(values[at]) ? phrases.__("masked") : precise(values[at] ?? 0);
      return sentence(placeLabel({ tokens: rows }, row, 1), placeLabel({ tokens: columns }, column, 1), [
        `A ${weight(a)}`,
        `B ${weight(b)}`,
        `A − B ${weight(difference)
          .replace(/^(?=[1-9]|0\.)/, "+")
          .replaceAll("-", "−")}`,
      ]);
    };
    panel.draw(figure, say, [rows.length, columns.length]).catch((error: unknown) => {
      console.error(error);
      this.#words.textContent = phrases.__("The picture could not be drawn: %1", String(error));
    });
  }
}

const argsOf = ({ chosen: { id, head } }: SideSelect): ReadonlyJSONObject => ({ ...(id !== undefined && { note: id }), head });
