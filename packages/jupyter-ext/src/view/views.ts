import { headsOfLayer, matrixCount, type Note } from "heed/note";
import { loadPlotly } from "./plotly.js";
import type { Selection, ViewName } from "./selection.js";
import type * as thumbnails from "./thumbnail.js";
import type { ViewType } from "./view.js";

/** The drawing library is on its way while the view's own code is. */
async function loadPicture(): ReturnType<ViewType["load"]> {
  loadPlotly().catch(() => undefined);
  const { PictureView } = await import(/* webpackChunkName: "views" */ "./picture-view.js");
  return (host) => new PictureView(host);
}

/** What paints heads small comes with what draws them large. */
export const loadThumbnails = (): Promise<typeof thumbnails> => import(/* webpackChunkName: "views" */ "./thumbnail.js");

/** Fetches what draws most notes, before there is one; a failure is told where a picture would have been. */
export const prepareToDraw = (): void => void loadPicture().catch(() => undefined);

async function loadHeads(scope: "all" | "layer"): ReturnType<ViewType["load"]> {
  const { HeadsView } = await import(/* webpackChunkName: "views" */ "./heads-view.js");
  return (host) => new HeadsView(host, scope);
}

/** Heads that look at an image are told apart by the token that looks, in the view of the image. */
const kindHasHeads = ({ kind }: Note): boolean => kind !== "image";

/** Tokens of a side and weights of a head up to which tokens are shown one by one. */
const mostTokens = 4_096;
const mostCells = 4_194_304;

function hasTokensToShow({ kind, weights, axes }: Note): boolean {
  const [rows, columns] = [axes.rows.tokens.length, axes.columns.tokens.length];
  // of a file only the rows that are asked for are read
  return (
    kind !== "image" &&
    Math.max(rows, columns) <= mostTokens &&
    (weights.encoding === "external" || rows * columns <= mostCells)
  );
}

/** Tokens of a side up to which a matrix is one picture; more are a map. */
const mostOfPicture = 512;

/** Whether a matrix is so large that it is zoomed and panned, and perhaps read part by part. */
function isMap({ kind, weights, axes }: Note): boolean {
  if (weights.encoding === "external") return true;
  return kind !== "summary" && Math.max(axes.rows.tokens.length, axes.columns.tokens.length) > mostOfPicture;
}

const cellKeys: ViewType["keys"] = (phrases) => phrases.__("Arrow keys walk the cells, Enter chooses one.");
const tokenKeys: ViewType["keys"] = (phrases) =>
  phrases.__("Arrow keys walk the tokens, Enter chooses one; then arrow keys walk its weights.");
const headKeys: ViewType["keys"] = (phrases) =>
  phrases.__("Arrow keys walk the heads or the cells of a head, Page Up and Page Down the heads; Enter opens a head.");

/** All ways to see notes, in the order in which they are offered. */
const viewTypes: readonly ViewType[] = [
  {
    name: "image",
    label: (phrases) => phrases.__("Image"),
    suits: (note) => note.kind === "image" && note.weights.encoding !== "external",
    ofOneHead: true,
    controls: ["scale"],
    keys: cellKeys,
    load: loadPicture,
  },
  {
    name: "hops",
    label: (phrases) => phrases.__("Hops"),
    suits: (note) => note.kind === "summary" && note.weights.encoding !== "external",
    ofOneHead: true,
    controls: ["scale", "words", "special"],
    keys: cellKeys,
    load: async () => {
      loadPlotly().catch(() => undefined);
      const { HopsView } = await import(/* webpackChunkName: "views" */ "./hops-view.js");
      return (host) => new HopsView(host);
    },
  },
  {
    name: "matrix",
    label: (phrases) => phrases.__("Matrix"),
    // the hops' own view has the matrix in it
    suits: (note) => note.kind !== "summary" && !isMap(note),
    ofOneHead: true,
    controls: ["scale", "words", "special"],
    keys: cellKeys,
    load: loadPicture,
  },
  {
    name: "matrix",
    label: (phrases) => phrases.__("Matrix"),
    suits: isMap,
    ofOneHead: true,
    controls: ["scale", "words", "special"],
    keys: cellKeys,
    load: async () => {
      const { MapView } = await import(/* webpackChunkName: "views" */ "./map/map-view.js");
      return (host) => new MapView(host);
    },
  },
  {
    name: "lines",
    label: (phrases) => phrases.__("Lines"),
    suits: hasTokensToShow,
    ofOneHead: true,
    controls: ["scale", "words", "special"],
    keys: tokenKeys,
    load: async () => {
      const { LinesView } = await import(/* webpackChunkName: "views" */ "./lines-view.js");
      return (host) => new LinesView(host);
    },
  },
  {
    name: "text",
    label: (phrases) => phrases.__("Text"),
    suits: hasTokensToShow,
    ofOneHead: true,
    controls: ["scale", "words", "special", "direction"],
    keys: tokenKeys,
    load: async () => {
      const { TextView } = await import(/* webpackChunkName: "views" */ "./text-view.js");
      return (host) => new TextView(host);
    },
  },
  {
    name: "heads",
    label: (phrases) => phrases.__("Heads"),
    suits: (note) => headsOfLayer(note) > 1 && kindHasHeads(note),
    ofOneHead: false,
    controls: ["scale", "words", "special"],
    keys: headKeys,
    load: () => loadHeads("layer"),
  },
  {
    name: "grid",
    label: (phrases) => phrases.__("All layers"),
    suits: (note) => (note.axes.layers?.tokens.length ?? 0) > 1 && note.axes.heads !== undefined && kindHasHeads(note),
    ofOneHead: false,
    controls: ["scale", "words", "special"],
    keys: headKeys,
    load: () => loadHeads("all"),
  },
];

export const isViewName = (name: unknown): name is ViewName => viewTypes.some((type) => type.name === name);

/** The ways to see a note; at least one. */
export function viewsOf(note: Note): ViewType[] {
  return viewTypes.filter((type) => type.suits(note));
}

/** Tokens of two sentences that are opened as sentences; longer texts are opened as a matrix. */
const mostAligned = 40;

/** The view that is chosen, or else the one that the note opens with. */
export function viewOf(note: Note, { view }: Selection): ViewType | undefined {
  const types = viewsOf(note);
  const named = (name: ViewName | undefined): ViewType | undefined => types.find((type) => type.name === name);
  return named(view) ?? named(openingView(note)) ?? types[0];
}

function openingView({ kind, axes }: Note): ViewName {
  switch (kind) {
    case "image":
      return "image";
    case "alignment":
      return Math.max(axes.rows.tokens.length, axes.columns.tokens.length) <= mostAligned ? "lines" : "matrix";
    case "summary":
      return "hops";
    case "attention":
      return "matrix";
  }
}

/** What is chosen, as far as a note has it. */
export function fitSelection(note: Note, selection: Selection): Selection {
  const [rows, columns] = [note.axes.rows.tokens.length, note.axes.columns.tokens.length];
  const { cell, token } = selection;
  return {
    ...selection,
    head: Math.min(selection.head, matrixCount(note) - 1),
    ...(selection.heads && { heads: selection.heads.filter((head) => head < matrixCount(note)) }),
    row: Math.min(selection.row, rows - 1),
    cell: cell && cell.row < rows && cell.column < columns ? cell : undefined,
    token: token && token.index < note.axes[token.axis].tokens.length ? token : undefined,
  };
}
