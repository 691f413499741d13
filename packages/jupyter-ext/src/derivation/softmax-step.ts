import type { CellDerivation, Note, RowSoftmax } from "heed/note";
import { element } from "../view/element.js";
import type { Phrases } from "../view/options.js";
import { foldLargest } from "./fold.js";
import { columnNames } from "./names.js";
import { bar, column, line, NumberTable, numberedToken, power, result, step, unfoldButton, written } from "./parts.js";

/** Keys that are written out at first, and when all of them are asked for. */
const mostKeys = 10;
const mostUnfolded = 1_024;

/** How the row's scores become its weights. While the reader has yet to guess the weight, its exponentials are not told. */
export function softmaxStep(
  note: Note,
  derivation: CellDerivation & { readonly softmax: RowSoftmax },
  chosen: number,
  isHidden: boolean,
  phrases: Phrases,
): HTMLElement {
  const { softmax } = derivation;
  const { temperature, shift } = softmax;
  const divided = temperature === 1 ? "m" : "m ÷ T";
  const exponent = temperature === 1 ? "m" : "m/T";
  const exponential = (): HTMLElement => power(shift === 0 ? exponent : `${exponent} − ${written(shift)}`);
  const content: Node[] = [];
  if (temperature !== 1)
    content.push(line(phrases.__("Temperature T = %1 divides every score of the row.", written(temperature))));
  const masked = Array.from(softmax.allowed).filter((bit) => bit === 0).length;
  if (masked > 0)
    content.push(line(phrases._n("%1 key is masked: it gets no share.", "%1 keys are masked: they get no share.", masked)));
  content.push(keyTable(note, softmax, chosen, { divided, exponential, isHidden }, phrases));
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
    content.push(line(`Σ = ${written(softmax.sum)}`), quotient(note, derivation, chosen, phrases));
  }
  return step(phrases.__("Share of its row"), [`a = softmax(${divided}) = `, exponential(), " ÷ Σ"], ...content);
}

/** The last division, and whether it gives what the note stores. */
function quotient(
  note: Note,
  derivation: CellDerivation & { readonly softmax: RowSoftmax },
  chosen: number,
  phrases: Phrases,
): HTMLElement {
  const { softmax, stored, tolerance, isMasked, weight = 0 } = derivation;
  const node = element("div", "");
  if (isMasked) {
    node.append(line("a = ", result("0"), ` – ${phrases.__("masked, so exactly 0")}`));
    return node;
  }
  node.append(line(`a = ${written(softmax.exponentials[chosen] ?? 0)} ÷ ${written(softmax.sum)} = `, result(written(weight))));
  const difference = Math.abs(weight - stored);
  node.append(
    difference <= tolerance
      ? element(
          "p",
          "jp-HeedDerivation-check",
          note.weights.encoding === "external"
            ? phrases.__(
                "✓ %1 holds %2: the same within the ±%3 that storing and float32 arithmetic can change.",
                note.weights.file,
                written(stored),
                written(tolerance),
              )
            : phrases.__(
                "✓ The note stores %1, as %2: the same within the ±%3 that storing and float32 arithmetic can change.",
                written(stored),
                note.weights.encoding,
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

/** The symbols of the columns, and whether those that give the weight away are left out. */
interface Columns {
  readonly divided: string;
  readonly exponential: () => HTMLElement;
  readonly isHidden: boolean;
}

function keyTable(
  note: Note,
  softmax: RowSoftmax,
  chosen: number,
  { divided, exponential, isHidden }: Columns,
  phrases: Phrases,
): HTMLElement {
  const { scores, temperature, allowed, exponentials, weights } = softmax;
  const holder = element("div", "");
  const tokens = columnNames(note, phrases);
  const places = Array.from(scores.keys());
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  // the chosen key is never folded away
  const sizeOf = (j: number): number => (j === chosen ? Infinity : (weights[j] ?? 0));
  const draw = (most: number): void => {
    const headings = [phrases.__("key"), divided, ...(isHidden ? [] : [exponential(), "a", ""])];
    const table = new NumberTable(phrases.__("Scores and weights of the row"), headings);
    const { shown, rest } = foldLargest(places, sizeOf, most);
    const scored = column(shown.map((j) => (scores[j] ?? 0) / temperature));
    const powers = column(shown.map((j) => exponentials[j] ?? 0));
    const shares = column(shown.map((j) => weights[j] ?? 0));
    for (const [i, j] of shown.entries()) {
      const score = allowed[j] === 0 ? phrases.__("masked") : (scored[i] ?? "");
      const numbers = [powers[i] ?? "", element("strong", "", shares[i]), bar(weights[j] ?? 0, largest, false)];
      const className = j === chosen ? "jp-mod-chosen" : "";
      table.add([numberedToken(tokens, j), score, ...(isHidden ? [] : numbers)], className);
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
