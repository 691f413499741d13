const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Longer texts are clipped in any case. */
const longest = 500;

/**
 * How wide a sans-serif font draws a text at most, in units of the font's size. There is no font to measure, so it is that of a wide one
 * (DejaVu Sans): others leave some room.
 */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text.slice(0, longest))) width += graphemeWidth(segment);
  return width;
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\u3000-\u303f\uff00-\uff60]/u;
const narrow = /[ijltfrI.,:;|!'"`()[\]{}\-/\\ ]/;
const broad = /[mwMW@%—…]/;

/** A letter with its marks, or an emoji of several parts, is as wide as its base. */
function graphemeWidth(grapheme: string): number {
  if (wide.test(grapheme)) return 1;
  const [letter = ""] = grapheme;
  if (narrow.test(letter)) return 0.4;
  if (broad.test(letter)) return 1;
  return /\p{Lu}/u.test(letter) ? 0.72 : 0.62;
}

/** The text if it fits into `width` font sizes, else as much of its beginning as fits, with an ellipsis. */
export function clipText(text: string, width: number): string {
  if (text.length <= longest && textWidth(text) <= width) return text;
  let clipped = "";
  let used = graphemeWidth("…");
  for (const { segment } of graphemes.segment(text.slice(0, longest))) {
    used += graphemeWidth(segment);
    if (used > width) break;
    clipped += segment;
  }
  return `${clipped}…`;
}
