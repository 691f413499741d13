/** The name that style/ gives the underline of a mistake. */
const highlightName = "jp-heed-mistake";

/** [from, to) in a text; lines and columns count from 1. */
export interface TextSpan {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/**
 * Underlines mistakes in a shown source, without touching its nodes (they belong to the syntax highlighter). Browsers without
 * the CSS Custom Highlight API show the places in words only.
 *
 * @returns takes the marks away
 */
export function markMistakes(source: HTMLElement, spans: readonly TextSpan[]): () => void {
  if (!("highlights" in CSS)) return () => undefined;
  const highlight = CSS.highlights.get(highlightName) ?? new Highlight();
  CSS.highlights.set(highlightName, highlight);
  const starts = lineStarts(source.textContent ?? "");
  const ranges = spans.flatMap((span) => {
    const from = (starts[span.line - 1] ?? 0) + span.column - 1;
    const to = (starts[span.endLine - 1] ?? 0) + span.endColumn - 1;
    return rangeOf(source, from, Math.max(from + 1, to)) ?? [];
  });
  for (const range of ranges) highlight.add(range);
  return () => {
    for (const range of ranges) highlight.delete(range);
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** A range over characters `from` ≤ i < `to` of an element's text. */
function rangeOf(element: HTMLElement, from: number, to: number): Range | undefined {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let passed = 0;
  let started = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (!started && from < passed + length) {
      range.setStart(node, from - passed);
      started = true;
    }
    if (started && to <= passed + length) {
      range.setEnd(node, to - passed);
      return range;
    }
    passed += length;
  }
  return undefined;
}
