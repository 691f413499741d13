import type { Note } from "heed/note";
import type { IDisposable } from "@lumino/disposable";
import { Signal, type ISignal } from "@lumino/signaling";
import { FigureTools } from "../tools/figure-tools.js";
import type { ToolName } from "../tools/tool.js";
import { Announcer } from "./announcer.js";
import { ChainBox } from "./chain-box.js";
import { element } from "./element.js";
import { FigureWords } from "./figure-words.js";
import { HeadPickers } from "./head-pickers.js";
import { MenuButton } from "./menu-button.js";
import { NotePicture } from "./note-picture.js";
import { keepKeys } from "./own-keys.js";
import type { Selection, TokenCell } from "./selection.js";
import { SideNotice } from "./side-notice.js";
import type { OpenSide } from "./side-weights.js";
import { Stage } from "./stage.js";
import type { Surroundings } from "./surroundings.js";
import { findTokens, tokensOf, type ChosenToken } from "./tokens.js";
import { Toolbar } from "./toolbar.js";
import { fitSelection, viewOf, viewsOf } from "./views.js";

let count = 0;

/**
 * A note on the page: its title, a view of it, what can be chosen in it, and a sentence that says what is seen.
 *
 * A plain object around a node rather than a widget, because a node inside rendered Markdown has no parent widget that would
 * tell it of being attached, resized or hidden. When it is drawn and how is up to its {@link NotePicture}.
 */
export class NoteFigure implements IDisposable {
  // a dollar in a title or a token is none of a formula, whatever typesets the page around it
  readonly node = element("div", "jp-HeedFigure mathjax_ignore");
  readonly #surroundings: Surroundings;
  readonly #words = new FigureWords(`jp-heed-${++count}`);
  readonly #menu = new MenuButton((button) => this.#surroundings.openMenu?.(button));
  readonly #toolbar = new Toolbar((selection) => this.select(selection), this.#menu.node);
  readonly #pickers = new HeadPickers((selection) => this.select(selection));
  readonly #stage: Stage;
  readonly #chain = new ChainBox();
  readonly #side: SideNotice;
  readonly #announcer = new Announcer();
  readonly #picture: NotePicture;
  readonly #unfollow: () => void;
  readonly #disposed = new Signal<this, void>(this);
  readonly #selected = new Signal<this, Selection>(this);
  readonly #visited = new Signal<this, TokenCell | undefined>(this);
  readonly #tools: FigureTools;
  #note: Note | undefined;
  #text: string | undefined;
  #visitedCell: TokenCell | undefined;
  #selection: Selection = { head: 0, row: 0 };
  #marked: readonly ChosenToken[] = [];
  #isDisposed = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.node.setAttribute("role", "figure");
    keepKeys(this.node);
    this.node.setAttribute("aria-labelledby", this.#words.title.id);
    this.node.setAttribute("aria-describedby", this.#words.caption.id);
    this.#side = new SideNotice(surroundings, () => {
      this.#tools.update();
      this.#redraw();
    });
    this.#stage = new Stage({
      visit: (cell) => {
        this.#visitedCell = cell;
        this.#visited.emit(cell);
      },
      select: (selection) => this.select(selection),
      announce: (sentence) => {
        if (!this.#note) return;
        this.#announcer.sayOf(this.#note, this.#selection.head, this.#visitedCell, sentence, surroundings);
      },
    });
    this.#tools = new FigureTools(this, surroundings, (sentence) => this.#announcer.say(sentence));
    this.node.append(
      this.#words.title,
      this.#toolbar.node,
      ...this.#pickers.nodes,
      this.#stage.node,
      this.#side.node,
      this.#tools.node,
      this.#chain.node,
      this.#words.caption,
      this.#words.facts,
      this.#announcer.node,
    );
    this.#picture = new NotePicture(this, { stage: this.#stage, words: this.#words, side: this.#side }, surroundings);
    const refresh = (): void => this.refresh();
    const unfollow = surroundings.onChange(refresh);
    surroundings.prediction.changed.connect(refresh);
    this.#unfollow = () => {
      unfollow();
      surroundings.prediction.changed.disconnect(refresh);
    };
  }

  get note(): Note | undefined {
    return this.#note;
  }

  /** The text of a written note, as it stands in its cell. */
  get text(): string | undefined {
    return this.#text;
  }

  get selection(): Selection {
    return this.#selection;
  }

  /** Emitted when the reader chooses anything: a view, a head, a cell, a token. */
  get selected(): ISignal<this, Selection> {
    return this.#selected;
  }

  /** Emitted when a cell is pointed at or walked to, and with undefined when it is left. */
  get visited(): ISignal<this, TokenCell | undefined> {
    return this.#visited;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  get disposed(): ISignal<this, void> {
    return this.#disposed;
  }

  /**
   * Shows a note, in place of the one before; what was chosen stays chosen where it still exists.
   *
   * @param openSide opens the file of weights that are not inside the note
   */
  show(note: Note, openSide?: OpenSide): void {
    this.#text = undefined;
    this.#show(note, openSide);
  }

  /** Shows a written note. */
  showWritten(note: Note, text: string): void {
    this.#text = text;
    this.#show(note);
  }

  /** Shows what becomes of a written note when some of its numbers are changed; its text stays. */
  showChanged(note: Note): void {
    this.#show(note);
  }

  /** Opens or closes what explains or changes the picture. */
  toggleTool(name: ToolName): void {
    this.#tools.toggle(name);
  }

  canUse(name: ToolName): boolean {
    return this.#note !== undefined && this.#tools.suits(name);
  }

  isOpen(name: ToolName): boolean {
    return this.#tools.isOpen(name);
  }

  /** Chooses a view, a head, the token whose look at an image is drawn, a cell, a token. */
  select(changes: Partial<Selection>): void {
    this.#selection = { ...this.#selection, ...changes };
    if (this.#note) this.#chain.show(this.#note, this.#selection, this.#surroundings);
    // a chosen cell or token is shown in what is drawn already
    if (Object.keys(changes).every((name) => name === "cell" || name === "token")) {
      this.#stage.choose(this.#selection);
    } else {
      this.#redraw();
    }
    this.#selected.emit(this.#selection);
  }

  /** The tokens that are chosen here, for other figures to highlight. */
  get chosenTokens(): readonly ChosenToken[] {
    return this.#note ? tokensOf(this.#note, this.#selection) : [];
  }

  /** The tokens that are highlighted because they were chosen in another figure. */
  get marked(): readonly ChosenToken[] {
    return this.#marked;
  }

  /** Highlights tokens that were chosen in another figure, until others are. */
  mark(chosen: readonly ChosenToken[]): void {
    this.#marked = chosen;
    if (this.#note) this.#stage.mark(findTokens(chosen, this.#note));
  }

  /** Tells that the node may have been put on the page. */
  settle(): void {
    this.#picture.settle();
  }

  /** Writes and draws everything again, for a new note, theme, language or setting. */
  refresh(): void {
    if (!this.#note || this.#isDisposed) return;
    this.#write(this.#note);
    this.#chain.show(this.#note, this.#selection, this.#surroundings);
    this.#side.refresh();
    this.#tools.update();
    this.#redraw();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#unfollow();
    this.#picture.dispose();
    this.#pickers.stop();
    this.#side.stop();
    this.#tools.dispose();
    this.#stage.dispose();
    this.node.remove();
    this.#disposed.emit();
    Signal.clearData(this);
  }

  /** Offers and draws again what is there by now. */
  #redraw(): void {
    this.#offer();
    this.#picture.change();
  }

  #show(note: Note, openSide?: OpenSide): void {
    this.#note = note;
    void this.#side.follow(note, openSide);
    this.#selection = fitSelection(note, this.#selection);
    this.refresh();
  }

  /** The words around the picture. */
  #write(note: Note): void {
    this.node.classList.toggle("jp-mod-predicting", this.#surroundings.prediction.isOn);
    this.#words.write(note, this.#surroundings);
    this.#picture.describe(note);
  }

  /** What can be chosen: views, heads and, over an image, a token. */
  #offer(): void {
    const note = this.#note;
    const type = note && viewOf(note, this.#selection);
    if (!note || !type) return;
    this.#menu.write(this.#surroundings.phrases);
    this.#toolbar.offer(note, viewsOf(note), type, this.#selection, this.#surroundings.phrases);
    this.#pickers.offer(note, type, this.#selection, this.#surroundings);
  }
}
