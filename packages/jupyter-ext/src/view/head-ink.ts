import { extent } from "./cells.js";
import { colourValues, type ColourValues } from "./colour-value.js";
import { colourHeads, headsTogether } from "./head-colours.js";
import { lineStrengths, linesOfHeads, linesOfToken, type Line, type Lines } from "./lines.js";
import type { Look } from "./look.js";
import { onceFor } from "./once.js";
import { scaleOf, type TokenCell, type TokenPlace } from "./selection.js";
import type { TokenLayout } from "./token-layout.js";
import { cellOfPart, meaningAround, textOfPart, type TokenMatrix } from "./token-matrix.js";
import type { Scene } from "./view.js";
import { nameInLayer, type CellText } from "./wording.js";

/** How strong the weights of a part are drawn. */
interface Strengths {
  readonly coloured: ColourValues;
  readonly strengths: Float32Array;
}

/** A head that is drawn as lines: alone in the colours of the scale, or among others in an ink of its own. */
export interface HeadInk {
  readonly head: number;
  readonly matrix: TokenMatrix;
  /** Absent of a head that is drawn alone. */
  readonly ink?: string;
  /** Pixels between its lines and where they would run alone, so that no head covers another. */
  readonly shift: number;
  readonly strengthsOf: (look: Look) => Strengths;
}

/** Pixels between the lines of two heads. */
const apart = 3;

/** The heads that are drawn, on one scale: what is 0.5 in one is as strong in another. */
export function headInks(scene: Scene, follow: (scene: Scene) => TokenMatrix): [HeadInk, ...HeadInk[]] {
  const { note, selection, options } = scene;
  const shown = colourHeads(headsTogether(note, selection), options.theme.dark);
  const matrices = shown.map(({ head }) => follow({ ...scene, selection: { ...selection, head } }));
  const largest = matrices.reduce((most, { look }) => Math.max(most, extent(look.cells.values).high), 0);
  const strengthsOf = onceFor((look: Look): Strengths => {
    const { values, shape } = look.cells;
    const coloured = colourValues(values, shape[1], meaningAround(look, scaleOf(note, selection)), options.phrases, largest);
    return { coloured, strengths: lineStrengths(look, coloured) };
  });
  const inks = shown.flatMap(({ head, ink }, i): HeadInk[] => {
    const matrix = matrices[i];
    const shift = (i - (shown.length - 1) / 2) * apart;
    return matrix ? [{ head, matrix, shift, strengthsOf, ...(shown.length > 1 && { ink }) }] : [];
  });
  // the head that is chosen elsewhere, too, comes first: the keys follow its weights
  inks.sort((a, b) => Number(b.head === selection.head) - Number(a.head === selection.head));
  return inks as [HeadInk, ...HeadInk[]];
}

/** The lines of whole heads; of one in a file, those of a token once it is pointed at. */
export function restingLines(inks: readonly HeadInk[], layout: TokenLayout, { options: { phrases } }: Scene): Lines {
  const whole = inks.filter(({ matrix }) => matrix.isWhole);
  const { lines, remarks } = linesOfHeads(
    whole.map(({ matrix, ink, shift, strengthsOf }) => ({
      shape: matrix.look.cells.shape,
      strengths: strengthsOf(matrix.look).strengths,
      ...(ink !== undefined && { ink }),
      shift,
    })),
    layout,
    phrases,
  );
  const isPartial = whole.length < inks.length;
  return {
    lines,
    remarks: isPartial ? [...remarks, phrases.__("the lines of a token are read when it is pointed at")] : remarks,
  };
}

/** The lines of one token in every head that is drawn. */
export function linesAround(inks: readonly HeadInk[], token: TokenPlace): Line[] {
  const lines = inks.flatMap(({ matrix, ink, shift, strengthsOf }) => {
    const part = matrix.at(token);
    if (!part) return [];
    const found = linesOfToken(part.look, part.token, strengthsOf(part.look).strengths);
    return found.map((line) => ({
      ...line,
      row: line.row + part.firstRow,
      column: line.column + part.firstColumn,
      shift,
      ...(ink !== undefined && { ink }),
    }));
  });
  return lines.sort((a, b) => a.strength - b.strength);
}

/** How strongly a token is shaded in each head, beside the one whose weights are shown; nothing where it is not beside it. */
export function shadesOf(
  inks: readonly HeadInk[],
  source: TokenPlace,
  token: TokenPlace,
): { readonly strength: number; readonly ink?: string }[] {
  return inks.flatMap(({ matrix, ink, strengthsOf }) => {
    const part = matrix.at(source);
    const at = part && cellOfPart(part, token);
    if (!part || at === undefined) return [];
    return [{ strength: strengthsOf(part.look).strengths[at] ?? 0, ...(ink !== undefined && { ink }) }];
  });
}

/** What is said of a token or cell of several heads: of each its own numbers. */
export function textOfHeads(
  inks: readonly HeadInk[],
  token: TokenPlace,
  cell: TokenCell | undefined,
  { note, options: { phrases } }: Scene,
): CellText | undefined {
  const texts = inks.flatMap(({ head, matrix }) => {
    const part = matrix.at(cell ? { axis: "rows", index: cell.row } : token);
    return part ? [{ name: nameInLayer(note, head, phrases), ...textOfPart(part, cell, phrases) }] : [];
  });
  const [first] = texts;
  if (!first) return undefined;
  const facts = texts.map(({ name, facts: [fact = ""] }) => `${name}: ${fact}`);
  return { from: first.from, to: first.to, facts, spoken: `${first.from}${first.to && ` → ${first.to}`}: ${facts.join("; ")}` };
}
