/** Figures as files and pictures. Loaded when a figure is first saved, copied as a picture or printed. */
import { readTheme, textMeasurer } from "../view/page.js";
import { numbersObstacle, readChosen } from "./at-hand.js";
import { fileName, type ExportFormat } from "./formats.js";
import { toPng } from "./image.js";
import { figureFonts, figureSvg } from "./picture.js";
import type { ExportRequest } from "./request.js";
import { headsIn, headsName } from "./shown.js";
import { toCsv, toLatex, toText } from "./table.js";
import { toPrintPage, toWebPage } from "./web-page.js";

/** What a file is called. It says which heads are in it, so that several of one note lie side by side. */
export function nameOf({ note, selection, phrases }: ExportRequest, format: ExportFormat): string {
  return fileName(note, headsName(note, headsIn(note, selection, format), phrases));
}

export async function toFile(request: ExportRequest, format: ExportFormat): Promise<Blob> {
  const { note, selection, language, phrases, hides } = request;
  await readChosen(request);
  switch (format) {
    case "svg":
      return new Blob([svgOf(request)], { type: "image/svg+xml" });
    case "png":
      return toPng(svgOf(request), phrases);
    case "html":
      return new Blob([toWebPage(note, svgOf(request), selection, language, phrases, hides)], { type: "text/html" });
    case "csv":
      requireNumbers(request);
      // the mark tells spreadsheets that it is UTF-8
      return new Blob(["\uFEFF", toCsv(note, selection, phrases, hides)], { type: "text/csv" });
    case "tex":
      requireNumbers(request);
      return new Blob([toLatex(note, selection, language, phrases, hides)], { type: "application/x-tex" });
  }
}

/** The numbers of the chosen head, to be copied. */
export async function toClipboardText(request: ExportRequest, format: "csv" | "tex" | "text"): Promise<string> {
  const { note, selection, language, phrases, hides } = request;
  await readChosen(request);
  requireNumbers(request);
  switch (format) {
    case "csv":
      return toCsv(note, selection, phrases, hides);
    case "tex":
      return toLatex(note, selection, language, phrases, hides);
    case "text":
      return toText(note, selection, language, phrases, hides);
  }
}

function requireNumbers(request: ExportRequest): void {
  const obstacle = numbersObstacle(request);
  if (obstacle !== undefined) throw new RangeError(obstacle);
}

/** Opens the browser's print dialogue, which can save a PDF, with the figure alone on a sheet of its own size. */
export async function print(request: ExportRequest): Promise<void> {
  await readChosen(request);
  const frame = document.createElement("iframe");
  frame.className = "jp-HeedPrint";
  frame.setAttribute("aria-hidden", "true");
  frame.srcdoc = toPrintPage(svgOf(request), nameOf(request, "svg"));
  await new Promise<void>((resolve) => {
    frame.addEventListener("load", () => resolve(), { once: true });
    document.body.append(frame);
  });
  frame.contentWindow?.addEventListener("afterprint", () => frame.remove(), { once: true });
  frame.contentWindow?.print();
}

/** What the chosen view shows, for a paper, in the font that is set. */
function svgOf({ note, selection, settings, phrases, language, hides }: ExportRequest): string {
  const measure = textMeasurer({ ...readTheme("none"), font: figureFonts[settings.figureFont] });
  return figureSvg(note, { selection, settings, phrases, language, measure, hidesNumbers: hides !== undefined });
}
