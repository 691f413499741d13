/** An estimate of how wide a sans-serif font draws a text, in units of the font's size: there is no font to measure. */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) width += letterWidth(letter);
  return width;
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\u3000-\u303f\uff00-\uff60]/u;
const narrow = /[ijltfrI.,:;|!'"`()[\]{}\-/\\ ]/;
const broad = /[mwMW@%—…]/;

function letterWidth(letter: string): number {
  if (/\p{Mark}/u.test(letter)) return 0;
  if (wide.test(letter)) return 1;
  if (narrow.test(letter)) return 0.34;
  if (broad.test(letter)) return 0.9;
  return /\p{Lu}/u.test(letter) ? 0.68 : 0.56;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The text if it fits into `width` font sizes, else as much of its beginning as fits, with an ellipsis. */
export function clipText(text: string, width: number): string {
  if (text.length < 500 && textWidth(text) <= width) return text;
  let clipped = "";
  let used = textWidth("…");
  for (const { segment } of graphemes.segment(text.slice(0, 500))) {
    used += textWidth(segment);
    if (used > width) break;
    clipped += segment;
  }
  return `${clipped}…`;
}
