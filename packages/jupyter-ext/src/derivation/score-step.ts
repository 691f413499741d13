import type { CellDerivation, NoteScore, ScoreTerm } from "heed/note";
import { element } from "../view/element.js";
import type { Phrases } from "../view/options.js";
import { foldLargest } from "./fold.js";
import { bar, column, line, NumberTable, result, step, unfoldButton, written } from "./parts.js";

/** The score of a query q and a key k (of a hop and a state h), as the seed of every derivation. */
const formulas: Readonly<Record<NoteScore["name"], string>> = {
  dot: "m = q·k = Σᵢ qᵢ kᵢ",
  scaled: "m = q·k ÷ √D = Σᵢ qᵢ kᵢ ÷ √D",
  cosine: "m = q·k ÷ (‖q‖ ‖k‖)",
  general: "m = qᵀW k = Σᵢ (qᵀW)ᵢ kᵢ",
  concat: "m = vᵀ tanh(W [q; k])",
  additive: "m = vᵀ tanh(W q + U k + b)",
  summary: "m = va tanh(W h)",
};

/** Terms that are written out at first, and when all of them are asked for. */
const mostTerms = 8;
const mostUnfolded = 512;

/** How the score of the cell is a sum: term by term, largest first. */
export function scoreStep(
  { score, isInferred, terms, storedScore, storedScoreError = 0 }: CellDerivation,
  phrases: Phrases,
): HTMLElement | undefined {
  if (!score || !terms) return undefined;
  const hasB = score.parameters?.["b"] !== undefined;
  const formula = score.name === "additive" && !hasB ? "m = vᵀ tanh(W q + U k)" : formulas[score.name];
  const lines: Node[] = [];
  const sum = written(terms.sum);
  if (score.name === "scaled") {
    lines.push(line(`m = ${sum} × ${written(terms.factor)} = `, result(written(terms.value))));
  } else if (score.name === "cosine") {
    lines.push(line(`m = ${sum} ÷ ${written(1 / terms.factor)} = `, result(written(terms.value))));
  } else {
    lines.push(line("m = Σ = ", result(written(terms.value))));
  }
  if (isInferred)
    lines.push(line(phrases.__("The note does not say how it scores; this formula was tried, and gives its weights.")));
  const rest = storedScore === undefined ? 0 : storedScore - terms.value;
  if (storedScore !== undefined && Math.abs(rest) > terms.error + storedScoreError) {
    const words = phrases.__(
      "The score that was used is %1: something else added %2, such as relative positions.",
      written(storedScore),
      written(rest),
    );
    lines.push(element("p", "jp-HeedDerivation-warning", words));
  }
  return step(phrases.__("Score"), [formula], termTable(terms.terms, score.name, phrases), ...lines);
}

function termTable(terms: readonly ScoreTerm[], name: NoteScore["name"], phrases: Phrases): HTMLElement {
  const holder = element("div", "");
  const largest = terms.reduce((most, { product }) => Math.max(most, Math.abs(product)), 0);
  const isSigned = terms.some(({ product }) => product < 0);
  const hasHidden = terms.some(({ hidden }) => hidden !== undefined);
  const left = hasHidden ? (name === "summary" ? "va" : "v") : name === "general" ? "qᵀW" : "q";
  const headings = ["i", left, hasHidden ? "tanh(…)" : "k", hasHidden ? `${left} · tanh` : `${left} · k`, ""];
  const draw = (most: number): void => {
    const table = new NumberTable(phrases.__("Terms of the score, largest first"), headings);
    const { shown, rest } = foldLargest(terms, ({ product }) => Math.abs(product), most, { sortFew: true });
    const lefts = column(shown.map((term) => term.left));
    const rights = column(shown.map((term) => term.right));
    const products = column(shown.map(({ product }) => product));
    for (const [i, { index, hidden, product }] of shown.entries()) {
      const right = rights[i] ?? "";
      table.add([
        String(index + 1),
        lefts[i] ?? "",
        hidden === undefined ? right : `tanh(${written(hidden)}) = ${right}`,
        element("strong", "", products[i]),
        bar(product, largest, isSigned),
      ]);
    }
    if (rest.length > 0) {
      const together = rest.reduce((sum, { product }) => sum + product, 0);
      const words = phrases._n("and %1 more, together %2", "and %1 more, together %2", rest.length, written(together));
      const canUnfold = most < mostUnfolded;
      table.addNote(canUnfold ? unfoldButton(words, phrases.__("Show more"), () => draw(mostUnfolded)) : words);
    }
    holder.replaceChildren(table.node);
  };
  draw(mostTerms);
  return holder;
}
