import { makeNote, matrixCount, paperFigure, type Axis, type Language, type Note, type PaperOptions } from "heed/note";
import { cellsAround } from "../view/cells.js";
import { colourAt } from "../view/colour.js";
import { colourValues } from "../view/colour-value.js";
import { colourHeads } from "../view/head-colours.js";
import type { MeasureText } from "../view/labels.js";
import { lookAt, placeOfChosen } from "../view/look.js";
import type { DrawingSettings, Phrases } from "../view/options.js";
import { scaleOf, type Selection } from "../view/selection.js";
import { meanReceived, otherSide, weightsOf } from "../view/token-weights.js";
import { viewOf } from "../view/views.js";
import { axisName, nameInLayer } from "../view/wording.js";
import { headsName, isAtHand, sentenceOf, shownHeads, titleOf } from "./shown.js";

/** Fonts of saved figures: those of most papers, with ones that have Chinese. */
export const figureFonts = {
  sans: "Helvetica, Arial, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif",
  serif: "'Times New Roman', Times, 'Noto Serif CJK SC', 'Songti SC', SimSun, serif",
} as const;

/** All that a saved figure depends on besides its note. */
export interface FigureOptions {
  readonly selection: Selection;
  readonly settings: DrawingSettings;
  readonly phrases: Phrases;
  readonly language: Language;
  /** Measures in the figure's font. */
  readonly measure: MeasureText;
  /** Whether weights are to be guessed first: colours stay, numbers do not. */
  readonly hidesNumbers?: boolean;
}

/** What the chosen view shows as an SVG for a paper, as it is read: its head, words, colours and scale. */
export function figureSvg(note: Note, options: FigureOptions): string {
  const { selection, settings, phrases, language, measure, hidesNumbers = false } = options;
  const numbers = hidesNumbers ? "never" : settings.numbers;
  const heads = shownHeads(note, selection);
  const name = headsName(note, heads, phrases);
  const title = titleOf(note, name);
  const { note: shown, ...form } = paperForm(note, selection, heads, phrases);
  const { rows, columns } = shown.axes;
  const meaning = scaleOf(note, selection);
  const named: Note = {
    ...shown,
    ...(title !== "" && { title }),
    axes: {
      ...shown.axes,
      rows: { ...rows, name: axisName(rows.name, phrases) },
      columns: { ...columns, name: axisName(columns.name, phrases) },
    },
  };
  return paperFigure(named, {
    ...form,
    title: name,
    description: hidesNumbers ? title : sentenceOf(note, heads, title, language),
    width: settings.figureWidth,
    fontSize: settings.figureFontSize,
    fontFamily: figureFonts[settings.figureFont],
    language,
    measure,
    ...(numbers !== "auto" && { numbers: numbers === "always" }),
    // paper is white, whatever the page is
    colour: (share) => hex(colourAt(settings.colourScale, false, share)),
    colouring: (weights, width) => {
      const { values, low, high, legend } = colourValues(weights, width, meaning, phrases);
      const untold = { ...legend, low: "", high: "" };
      return { shares: values.map((value) => (value - low) / (high - low)), legend: hidesNumbers ? untold : legend };
    },
  });
}

/** What is drawn of a note on paper, and how, for each view. */
function paperForm(
  note: Note,
  selection: Selection,
  heads: readonly number[],
  phrases: Phrases,
): Pick<PaperOptions, "form" | "head" | "row" | "inks"> & { readonly note: Note } {
  const { head, row } = selection;
  switch (viewOf(note, selection)?.name) {
    case "heads":
      if (heads.length < matrixCount(note)) {
        const names = heads.map((one) => nameInLayer(note, one, phrases));
        return { note: asReadTogether(note, selection, heads, names), form: "cells" };
      }
      return { note, form: "cells" };
    case "grid":
      return { note, form: "cells" };
    case "lines": {
      if (heads.length > 1) {
        const inks = colourHeads(heads, false).map(({ head: one, ink }) => ({
          colour: ink,
          name: nameInLayer(note, one, phrases),
        }));
        return { note: asReadTogether(note, selection, heads), form: "lines", head: 0, inks };
      }
      return isAtHand(note, head) ? { note: asRead(note, selection), form: "lines", head: 0 } : { note, form: "cells", head };
    }
    case "text":
      return { note: oneRow(note, selection), form: "text", head: 0 };
    case "image":
      return { note, form: "image", head, row };
    default:
      // of weights beside the notebook that were not read there is an overview, which is drawn as such
      return isAtHand(note, head) ? { note: asRead(note, selection), form: "cells", head: 0 } : { note, form: "cells", head };
  }
}

/** The chosen head as a note of its own, with the tokens or words that are read. */
function asRead(note: Note, selection: Selection): Note {
  const { rows, columns, cells } = lookAt(note, selection);
  return noteOf(note, rows, columns, cells.values);
}

/** Several heads as one note, as they are read. */
function asReadTogether(note: Note, selection: Selection, heads: readonly number[], names?: readonly string[]): Note {
  const looks = heads.map((head) => lookAt(note, { ...selection, head }));
  const { rows, columns } = lookAt(note, selection);
  const size = rows.tokens.length * columns.tokens.length;
  const values = new Float32Array(looks.length * size);
  for (const [i, { cells }] of looks.entries()) values.set(cells.values, i * size);
  return noteOf(note, rows, columns, values, names ?? heads.map(String));
}

/** What a text is shaded by: the weights of the chosen token or, where none is, what each token gets on average. */
function oneRow(note: Note, selection: Selection): Note {
  const look = lookAt(note, selection);
  const chosen = placeOfChosen(look, selection.token);
  const received = (): Note => noteOf(note, { tokens: [""] }, look.columns, meanReceived(look));
  if (!chosen) return received();
  const { tokens, name } = look[chosen.axis];
  const row = { tokens: [tokens[chosen.index] ?? ""], ...(name !== undefined && { name }) };
  if (isAtHand(note, selection.head)) return noteOf(note, row, look[otherSide(chosen.axis)], weightsOf(look, chosen));
  const { weights } = note;
  const read = weights.encoding === "external" && cellsAround(note, weights, selection.head, chosen);
  return read ? noteOf(note, row, look[otherSide(chosen.axis)], read.values) : received();
}

function noteOf(
  { kind, title, view }: Note,
  rows: Axis,
  columns: Axis,
  values: Float32Array,
  heads: readonly string[] = [],
): Note {
  const shape = [...(heads.length > 1 ? [heads.length] : []), rows.tokens.length, columns.tokens.length];
  const isMasked = values.some(Number.isNaN);
  return makeNote({
    kind: kind === "image" ? "attention" : kind,
    weights: { shape, data: values.map((value) => value || 0) },
    // of hidden tokens the weights are missing
    normalised: false,
    encoding: "f32",
    rows: labels(rows),
    columns: labels(columns),
    ...(heads.length > 1 && { heads }),
    ...(isMasked && { mask: { shape, data: values.map((value) => (Number.isNaN(value) ? 0 : 1)) } }),
    ...(title !== undefined && { title }),
    ...(view && { view }),
  });
}

const labels = ({ tokens, name }: Axis): Axis => ({ tokens, ...(name !== undefined && { name }) });

const hex = (colour: readonly number[]): string => `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
