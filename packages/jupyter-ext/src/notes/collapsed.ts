import { CodeCell } from "@jupyterlab/cells";
import { noteMimeType } from "heed/note";

/** What JupyterLab shows of an output that is collapsed: a line of what its first output has as text. */
interface Placeholder {
  getOutputPlaceholderText(): string | undefined;
}

/**
 * Lets a collapsed note be told by its sentence. JupyterLab takes the first of HTML, SVG, … that an output has, which of a note is the
 * code of its picture, and offers no other way to say which.
 */
export function tellCollapsed(): void {
  const cells = CodeCell.prototype as unknown as Partial<Placeholder>;
  const usual = cells.getOutputPlaceholderText;
  if (!usual) return;
  cells.getOutputPlaceholderText = function (this: Placeholder & CodeCell): string | undefined {
    return sentenceOf(this) ?? usual.call(this);
  };
}

function sentenceOf({ model }: CodeCell): string | undefined {
  if (model.outputs.length === 0) return undefined;
  const { [noteMimeType]: note, "text/plain": words } = model.outputs.get(0).data;
  if (note === undefined) return undefined;
  // nbformat keeps a text as one or as its lines
  const lines = Array.isArray(words) ? words.join("") : words;
  return typeof lines === "string" ? lines.split("\n").find((line) => line !== "") : undefined;
}
