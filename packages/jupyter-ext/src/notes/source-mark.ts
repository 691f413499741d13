/** The name that style/ gives the underline of a mistake. */
const highlightName = "jp-heed-mistake";

/**
 * Underlines the place of a mistake in a shown source, without touching its nodes (they belong to the syntax highlighter).
 * Browsers without the CSS Custom Highlight API show the place in words only.
 *
 * @param line from 1
 * @param column from 1
 * @returns takes the mark away
 */
export function markPlace(source: HTMLElement, line: number, column: number): () => void {
  if (!("highlights" in CSS)) return () => undefined;
  const text = source.textContent ?? "";
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const own = lines[line - 1] ?? "";
  const from = Math.min(start + column - 1, start + Math.max(0, own.length - 1));
  const word = /^[\w\p{L}.+-]+/u.exec(text.slice(from, start + own.length))?.[0].length ?? 1;
  const range = rangeOf(source, from, Math.min(from + Math.max(1, word), text.length));
  if (!range) return () => undefined;
  const highlight = CSS.highlights.get(highlightName) ?? new Highlight();
  CSS.highlights.set(highlightName, highlight);
  highlight.add(range);
  return () => void highlight.delete(range);
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
