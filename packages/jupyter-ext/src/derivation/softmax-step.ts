import type { CellDerivation, Note, RowSoftmax } from "heed/note";
import { element } from "../view/element.js";
import type { Phrases } from "../view/options.js";
import { foldLargest } from "./fold.js";
import { bar, line, NumberTable, result, step, token, unfoldButton, written } from "./parts.js";

/** Keys that are written out at first, and when all of them are asked for. */
const mostKeys = 10;
const mostUnfolded = 1_024;

/** How the row's scores become its weights. While the reader has yet to guess the weight, its exponentials are not told. */
export function softmaxStep(
  note: Note,
  derivation: CellDerivation & { readonly softmax: RowSoftmax },
  column: number,
  isHidden: boolean,
  phrases: Phrases,
): HTMLElement {
  const { softmax } = derivation;
  const { temperature, shift } = softmax;
  const divided = temperature === 1 ? "m" : "m ÷ T";
  const exponent = temperature === 1 ? "m" : "m/T";
  const power = shift === 0 ? `e^(${exponent})` : `e^(${exponent} − ${written(shift)})`;
  const content: Node[] = [];
  if (temperature !== 1)
    content.push(line(phrases.__("Temperature T = %1 divides every score of the row.", written(temperature))));
  const masked = softmax.allowed.reduce((count, bit) => count + Number(bit === 0), 0);
  if (masked > 0)
    content.push(line(phrases._n("%1 key is masked: it gets no share.", "%1 keys are masked: they get no share.", masked)));
  content.push(keyTable(note, softmax, column, { divided, power, isHidden }, phrases));
  if (!isHidden) {
    if (shift !== 0) {
      content.push(
        line(
          phrases.__(
            "%1, the largest score of the row, is subtracted first so that no exponential overflows; the shares stay the same.",
            written(shift),
          ),
        ),
      );
    }
    content.push(line(`Σ = ${written(softmax.sum)}`), quotient(derivation, column, phrases));
  }
  return step(phrases.__("Share of its row"), `a = softmax(${divided}) = ${power} ÷ Σ`, ...content);
}

/** The last division, and whether it gives what the note stores. */
function quotient(
  derivation: CellDerivation & { readonly softmax: RowSoftmax },
  column: number,
  phrases: Phrases,
): HTMLElement {
  const { softmax, stored, tolerance, isMasked, weight = 0 } = derivation;
  const node = element("div", "");
  if (isMasked) {
    node.append(line("a = ", result("0"), ` – ${phrases.__("masked, so exactly 0")}`));
    return node;
  }
  node.append(line(`a = ${written(softmax.exponentials[column] ?? 0)} ÷ ${written(softmax.sum)} = `, result(written(weight))));
  const difference = Math.abs(weight - stored);
  node.append(
    difference <= tolerance
      ? element(
          "p",
          "jp-HeedDerivation-check",
          phrases.__(
            "✓ The note stores %1: the same to within ±%2, the error of how its numbers are stored.",
            written(stored),
            written(tolerance),
          ),
        )
      : element(
          "p",
          "jp-HeedDerivation-warning",
          phrases.__(
            "The note stores %1, which is %2 away, more than its error of ±%3: the weight was changed after softmax, or its scores are not these.",
            written(stored),
            written(difference),
            written(tolerance),
          ),
        ),
  );
  return node;
}

function keyTable(
  note: Note,
  softmax: RowSoftmax,
  column: number,
  { divided, power, isHidden }: { readonly divided: string; readonly power: string; readonly isHidden: boolean },
  phrases: Phrases,
): HTMLElement {
  const { scores, temperature, allowed, exponentials, weights } = softmax;
  const holder = element("div", "");
  const { tokens } = note.axes.columns;
  const places = Array.from(scores.keys());
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  // the chosen key is never folded away
  const sizeOf = (j: number): number => (j === column ? Infinity : (weights[j] ?? 0));
  const draw = (most: number): void => {
    const headings = [phrases.__("key"), divided, ...(isHidden ? [] : [power, "a", ""])];
    const table = new NumberTable(phrases.__("Scores and weights of the row"), headings);
    const { shown, rest } = foldLargest(places, sizeOf, most);
    for (const j of shown) {
      const isMasked = allowed[j] === 0;
      const score = isMasked ? phrases.__("masked") : written((scores[j] ?? 0) / temperature);
      const numbers = [
        written(exponentials[j] ?? 0),
        element("strong", "", written(weights[j] ?? 0)),
        bar(weights[j] ?? 0, largest, false),
      ];
      table.add([token(tokens[j] ?? ""), score, ...(isHidden ? [] : numbers)], j === column ? "jp-mod-chosen" : "");
    }
    if (rest.length > 0) {
      const together = rest.reduce((sum, j) => sum + (exponentials[j] ?? 0), 0);
      const words = isHidden
        ? phrases._n("and %1 more", "and %1 more", rest.length)
        : phrases._n("and %1 more, together %2", "and %1 more, together %2", rest.length, written(together));
      table.addNote(most < mostUnfolded ? unfoldButton(words, phrases.__("Show more"), () => draw(mostUnfolded)) : words);
    }
    holder.replaceChildren(table.node);
  };
  draw(mostKeys);
  return holder;
}
