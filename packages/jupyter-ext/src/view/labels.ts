export { visibleToken } from "heed/note";

/** The width in pixels of a text in the figure's font at a size. In the browser a canvas measures. */
export type MeasureText = (text: string, fontSize: number) => number;

/** Plotly reads a little HTML in its texts; tokens such as `<s>`, `<b>` and `&amp;` must be shown as they are. */
export function escapeForPlotly(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** The text, or as much of its beginning as fits, with an ellipsis. Never cuts through a character. */
export function elide(text: string, width: number, fontSize: number, measure: MeasureText): string {
  if (measure(text, fontSize) <= width) return text;
  const characters = Array.from(text);
  let [fits, tooMany] = [0, characters.length];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (measure(`${characters.slice(0, middle).join("")}…`, fontSize) <= width) fits = middle;
    else tooMany = middle;
  }
  return `${characters.slice(0, fits).join("")}…`;
}

const upright = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]+$/u;

/** Whether a label may be set as a column of upright characters, as Chinese, Japanese and Korean can be. */
export function canStack(label: string): boolean {
  const length = Array.from(label).length;
  return length === 1 || (length <= 6 && upright.test(label));
}
