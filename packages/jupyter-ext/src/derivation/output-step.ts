import { isolated, type Note, type RowOutput } from "heed/note";
import { element } from "../view/element.js";
import { visibleToken } from "../view/labels.js";
import type { Phrases } from "../view/options.js";
import { foldLargest } from "./fold.js";
import { columnNames } from "./names.js";
import { column, line, NumberTable, step, unfoldButton, written } from "./parts.js";

/** Components of the output that are written out at first, and when all of them are asked for. */
const mostComponents = 6;
const mostUnfolded = 256;
/** Keys that have a piece of each bar of their own; the others share one. */
const mostPieces = 8;

/** What the row reads: each component of c as the pieces that keys add to it. */
export function outputStep(note: Note, output: RowOutput, key: number, phrases: Phrases): HTMLElement {
  const { width, output: sums } = output;
  const tokens = columnNames(note, phrases);
  const holder = element("div", "");
  const pieces = Array.from({ length: width }, (_, i) => piecesOf(output, i, key));
  const reach = pieces.reduce(
    ([low, high], { negative, positive }) => [Math.min(low, negative), Math.max(high, positive)] as const,
    [0, 0] as readonly [number, number],
  );
  const draw = (most: number): void => {
    const chosen = `a·v (${isolated(visibleToken(tokens[key] ?? ""))})`;
    const headings = ["i", chosen, phrases.__("all other keys"), "c", phrases.__("what each key adds")];
    const table = new NumberTable(phrases.__("What each key adds to the output"), headings);
    const components = Array.from(sums.keys());
    const { shown, rest } = foldLargest(components, (i) => Math.abs(sums[i] ?? 0), most);
    const own = column(shown.map((i) => output.contributions[key * width + i] ?? 0));
    const others = column(shown.map((i) => (sums[i] ?? 0) - (output.contributions[key * width + i] ?? 0)));
    const totals = column(shown.map((i) => sums[i] ?? 0));
    for (const [n, i] of shown.entries()) {
      table.add([
        String(i + 1),
        own[n] ?? "",
        others[n] ?? "",
        element("strong", "", totals[n]),
        stackedBar(pieces[i] ?? { parts: [], negative: 0, positive: 0 }, reach, tokens, key, phrases),
      ]);
    }
    if (rest.length > 0) {
      const words = phrases._n("and %1 smaller component", "and %1 smaller components", rest.length);
      table.addNote(most < mostUnfolded ? unfoldButton(words, phrases.__("Show more"), () => draw(mostUnfolded)) : words);
    }
    holder.replaceChildren(table.node);
  };
  draw(mostComponents);
  const explanation = line(
    phrases.__("The piece of “%1” is in colour, those of the other keys are grey.", isolated(visibleToken(tokens[key] ?? ""))),
  );
  return step(phrases.__("What is read"), ["c = Σⱼ aⱼ vⱼ"], holder, explanation);
}

interface Piece {
  /** The key, or −1 for all that have none of their own. */
  readonly key: number;
  readonly value: number;
}

interface Pieces {
  readonly parts: readonly Piece[];
  /** Where the bar ends left and right of 0. */
  readonly negative: number;
  readonly positive: number;
}

/** The pieces of component `i`, the chosen key's next to 0, then the larger ones; small ones of either sign joined. */
export function piecesOf({ contributions, width }: RowOutput, i: number, chosen: number): Pieces {
  const keys = contributions.length / width;
  const all = Array.from({ length: keys }, (_, key): Piece => ({ key, value: contributions[key * width + i] ?? 0 }));
  const sizeOf = ({ key, value }: Piece): number => (key === chosen ? Infinity : Math.abs(value));
  const { shown, rest } = foldLargest(all, sizeOf, mostPieces, { sortFew: true });
  const joined = [rest.filter(({ value }) => value < 0), rest.filter(({ value }) => value > 0)].map((part): Piece => {
    return { key: -1, value: part.reduce((sum, { value }) => sum + value, 0) };
  });
  const parts = [...shown, ...joined].filter(({ value }) => value !== 0);
  const sumOf = (sign: number): number => parts.reduce((sum, { value }) => sum + (Math.sign(value) === sign ? value : 0), 0);
  return { parts, negative: sumOf(-1), positive: sumOf(1) };
}

function stackedBar(
  { parts }: Pieces,
  [low, high]: readonly [number, number],
  tokens: readonly string[],
  chosen: number,
  phrases: Phrases,
): HTMLElement {
  const node = element("span", "jp-HeedDerivation-stack");
  const range = high - low || 1;
  const ends = { left: -low / range, right: -low / range };
  for (const { key, value } of parts) {
    const piece = element("span", key === chosen ? "jp-mod-chosen" : "");
    const size = Math.abs(value) / range;
    const left = value < 0 ? ends.left - size : ends.right;
    if (value < 0) ends.left -= size;
    else ends.right += size;
    piece.style.left = `${left * 100}%`;
    piece.style.width = `${size * 100}%`;
    const name = key < 0 ? phrases.__("all other keys") : isolated(visibleToken(tokens[key] ?? ""));
    piece.title = `${name}: ${written(value)}`;
    node.append(piece);
  }
  const zero = element("i", "");
  zero.style.left = `${(-low / range) * 100}%`;
  node.append(zero);
  // the numbers beside it say the same
  node.setAttribute("aria-hidden", "true");
  return node;
}
