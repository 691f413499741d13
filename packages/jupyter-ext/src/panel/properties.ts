import { decodeMask, isolated, type Axis, type EncodedArray, type Note } from "heed/note";
import { visibleToken } from "../view/labels.js";
import type { Phrases } from "../view/options.js";
import { axisName, kindName, precise, sizeText } from "../view/wording.js";

/** A line of what is known of a note. */
export interface Property {
  readonly name: string;
  readonly value: string;
}

/** A mask of more cells than this is not counted. */
const countedCells = 4_194_304;
const shownTokens = 24;

/** What is known of a note: what it is, where its numbers came from, how exactly they are kept. */
export function propertiesOf(note: Note, phrases: Phrases): Property[] {
  const { rows, columns } = note.axes;
  const { model, library, version } = note.source;
  const lines: [string, string | undefined][] = [
    [phrases.__("Title"), note.title],
    [phrases.__("Kind"), kindName(note, phrases)],
    [phrases.__("Size"), sizeText(note, phrases)],
    [phrases.__("Score"), scoreText(note)],
    [phrases.__("Mask"), maskText(note, phrases)],
    [phrases.__("Rows sum to 1"), note.normalised === false ? phrases.__("no") : phrases.__("yes")],
    [phrases.__("Stored"), storeText(note.weights, phrases)],
    [phrases.__("Error"), note.maxError < 1e-7 ? phrases.__("none") : `± ${precise(note.maxError)}`],
    [phrases.__("Beside the weights"), detailsText(note)],
    [phrases.__("Made by"), [model, `${library} ${version}`].filter((part) => part).join(" · ")],
    [axisName(rows.name, phrases), tokensText(rows)],
    [axisName(columns.name, phrases), tokensText(columns)],
  ];
  return lines.flatMap(([name, value]) => (value ? [{ name, value }] : []));
}

function scoreText({ score }: Note): string | undefined {
  if (!score) return undefined;
  const { name, scale, temperature, parameters } = score;
  return [
    name,
    scale === undefined ? "" : `× ${precise(scale)}`,
    temperature === undefined ? "" : `÷ ${precise(temperature)}`,
    parameters ? `(${Object.keys(parameters).join(", ")})` : "",
  ]
    .filter((part) => part)
    .join(" ");
}

function maskText({ mask, maskedRows, weights }: Note, phrases: Phrases): string {
  const empty = maskedRows?.length ?? 0;
  const rowsText = empty > 0 ? phrases._n("%1 row looks at nothing", "%1 rows look at nothing", empty) : "";
  return [mask ? shapeOfMask(mask, weights.shape, phrases) : phrases.__("none"), rowsText].filter((part) => part).join(" · ");
}

function shapeOfMask(mask: NonNullable<Note["mask"]>, shape: readonly number[], phrases: Phrases): string {
  const [rows = 0, columns = 0] = shape.slice(-2);
  const ofEach = mask.shape.length > 2 && shape.length > 2 ? phrases.__("one for each head") : "";
  if (rows * columns > countedCells) return ofEach || phrases.__("some keys are hidden");
  const allowed = decodeMask(mask, 0);
  const isCausal = rows === columns && allowed.every((bit, i) => Boolean(bit) === i % columns <= Math.floor(i / columns));
  const open = allowed.reduce((sum, bit) => sum + bit, 0);
  const what = isCausal ? phrases.__("causal") : phrases.__("%1 of %2 cells are open", open, allowed.length);
  return [what, ofEach].filter((part) => part).join(" · ");
}

function storeText(weights: EncodedArray, phrases: Phrases): string {
  const count = weights.shape.reduce((product, size) => product * size, 1);
  if (weights.encoding === "external") return phrases.__("%1, read part by part", weights.file);
  const kilobytes = Math.ceil((weights.data.length + (weights.scale?.length ?? 0)) / 1000);
  return phrases.__("inside: %1 numbers as %2, %3 kB", count, weights.encoding, kilobytes);
}

function detailsText(note: Note): string {
  const names = ["scores", "query", "keys", "values", "output", "mask", "image"] as const;
  return names.filter((name) => note[name] !== undefined).join(", ");
}

function tokensText({ tokens }: Axis): string {
  const shown = tokens.slice(0, shownTokens).map((token) => isolated(visibleToken(token).slice(0, 40)));
  return `${tokens.length}: ${shown.join(" ")}${tokens.length > shownTokens ? " …" : ""}`;
}
