import { faultText } from "../view/side-notice.js";
import { faultOf, loadedHead, readHead, sideOf, wholeMatrixCells } from "../view/side-weights.js";
import type { ExportRequest } from "./request.js";

/** Reads the chosen head where it is in a file and not too large. What cannot be read is drawn from the overview inside the note. */
export async function readChosen({ note: { weights }, selection }: ExportRequest): Promise<void> {
  const side = weights.encoding === "external" ? sideOf(weights) : undefined;
  if (!side) return;
  try {
    await readHead(side, selection.head);
  } catch (error) {
    console.warn("jupyterlab-heed: weights beside the notebook could not be read to be saved", error);
  }
}

/** Why the numbers of the chosen head cannot be saved; undefined where they can. */
export function numbersObstacle({ note: { weights }, selection, phrases }: ExportRequest): string | undefined {
  if (weights.encoding !== "external" || loadedHead(weights, selection.head)) return undefined;
  const [rows = 0, columns = 0] = weights.shape.slice(-2);
  if (rows * columns > wholeMatrixCells) {
    return phrases.__(
      "This head has %1 × %2 weights, more than the %3 that are saved as numbers. All of them are in %4, which Python and other programs can read.",
      rows,
      columns,
      wholeMatrixCells,
      weights.file,
    );
  }
  const side = sideOf(weights);
  const fault = side && faultOf(side);
  return fault
    ? faultText(fault, weights.file, phrases)
    : phrases.__("The weights are in a file beside the notebook, which could not be read.");
}
