import { brief, colourValues } from "./colour-value.js";
import { element } from "./element.js";
import { hopCard } from "./hop-card.js";
import { mostComparedHops, summaryFacts } from "./hop-facts.js";
import { strengthsOf } from "./lines.js";
import { lookAt, markedPlaces, type Look } from "./look.js";
import { PictureView } from "./picture-view.js";
import { runningText } from "./running-text.js";
import { scaleOf, type Selection } from "./selection.js";
import type { Marks, Scene, View, ViewHost } from "./view.js";
import { hopName } from "./wording.js";

/** A workbench for a summary: hops × tokens with the overlap AAᵀ, and below it a card for each hop. */
export class HopsView implements View {
  readonly node = element("div", "jp-HeedHops");
  readonly focusable: HTMLElement;
  readonly #picture: PictureView;
  readonly #together = element("p", "jp-HeedHops-together");
  readonly #cards = element("div", "jp-HeedHops-cards");
  #look: Look | undefined;
  #marks: Marks = { rows: [], columns: [] };

  constructor(host: ViewHost) {
    this.#picture = new PictureView(host);
    this.focusable = this.#picture.focusable;
    this.node.append(this.#picture.node, this.#together, this.#cards);
  }

  get isDisposed(): boolean {
    return this.#picture.isDisposed;
  }

  place(scene: Scene): string {
    const facts = this.#picture.place(scene);
    this.#write(scene);
    this.#markCards();
    this.choose(scene.selection);
    return facts;
  }

  sketch(): void {
    this.#picture.sketch();
  }

  hasSameSize(): boolean {
    return this.#picture.hasSameSize();
  }

  async draw(): Promise<void> {
    await this.#picture.draw();
  }

  choose(selection: Selection): void {
    this.#picture.choose(selection);
    const chosen = selection.cell?.row;
    for (const [hop, card] of [...this.#cards.children].entries()) card.classList.toggle("jp-mod-chosen", hop === chosen);
  }

  mark(marks: Marks): void {
    this.#picture.mark(marks);
    this.#marks = marks;
    this.#markCards();
  }

  dispose(): void {
    this.#picture.dispose();
    this.node.remove();
  }

  #markCards(): void {
    if (!this.#look) return;
    const { columns } = markedPlaces(this.#look, this.#marks);
    for (const card of this.#cards.children) {
      for (const [token, span] of card.querySelectorAll(".jp-HeedText-token").entries()) {
        span.classList.toggle("jp-mod-marked", columns.has(token));
      }
    }
  }

  #write({ note, selection, options }: Scene): void {
    const { phrases } = options;
    const look = lookAt(note, selection);
    this.#look = look;
    const { cells } = look;
    const [hops, tokens] = cells.shape;
    const all = summaryFacts(look, selection.head);
    this.#together.hidden = hops < 2;
    this.#together.textContent = phrases.__(
      "Together: penalty ‖AAᵀ − I‖² = %1; %2 of %3 tokens get more than an even share (1/%3) from some hop.",
      brief(all.penalty),
      all.covered,
      all.tokens,
    );
    const strengths = strengthsOf(colourValues(cells.values, tokens, scaleOf(note, selection), phrases));
    const pieces = runningText(look.columns);
    const names = look.rows.tokens.map((token) => hopName(token, phrases));
    const cards = all.hops.map((facts, hop) =>
      hopCard(
        { name: names[hop] ?? "", names, pieces, strengths: strengths.subarray(hop * tokens, (hop + 1) * tokens), facts, all },
        options,
      ),
    );
    this.#cards.replaceChildren(...cards);
    if (hops > mostComparedHops) {
      this.#cards.append(
        element("p", "jp-HeedHops-together", phrases.__("Only the first %1 hops are compared.", mostComparedHops)),
      );
    }
  }
}
