/**
 * How wide a sans-serif font draws a text at most, in units of the font's size. There is no font to measure, so it is that of a wide one
 * (DejaVu Sans): others leave some room.
 */
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
  if (narrow.test(letter)) return 0.4;
  if (broad.test(letter)) return 1;
  return /\p{Lu}/u.test(letter) ? 0.72 : 0.62;
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
