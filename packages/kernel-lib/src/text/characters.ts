import type { Piece } from "./tokens.js";

let segmenter: Intl.Segmenter | undefined;

/**
 * The characters of a text as readers see them (grapheme clusters, Unicode Annex 29): é is one whether it is one code point or two, and
 * so is 👩‍💻. Nothing is left out.
 */
export function* characters(text: string): Generator<Piece> {
  let start = 0;
  while (start < text.length) {
    const end = plainUntil(text, start);
    for (; start < end; start++) yield { piece: text.charAt(start), start };
    if (start === text.length) return;
    const next = combinedUntil(text, start);
    segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
    for (const { segment, index } of segmenter.segment(text.slice(start, next))) yield { piece: segment, start: start + index };
    start = next;
  }
}

/**
 * Where a run of plain characters ends: each of them is followed by another, so nothing can combine with it. Most text is such runs,
 * and cutting them directly is some twenty times faster than asking the segmenter.
 */
function plainUntil(text: string, start: number): number {
  let end = start;
  while (end < text.length && isPlain(text.charCodeAt(end)) && (end + 1 === text.length || isPlain(text.charCodeAt(end + 1))))
    end++;
  return end;
}

/** Where the segmenter can stop: between two plain characters, or at the end. */
function combinedUntil(text: string, start: number): number {
  for (let end = start + 1; end < text.length; end++) {
    if (isPlain(text.charCodeAt(end - 1)) && isPlain(text.charCodeAt(end))) return end;
  }
  return text.length;
}

/** Printable ASCII, Latin letters, kana, Han characters and common punctuation: clusters on their own unless a mark or joiner follows. */
function isPlain(unit: number): boolean {
  return (
    (unit >= 0x20 && unit < 0x7f) ||
    (unit >= 0x4e00 && unit <= 0x9fff) ||
    (unit >= 0xc0 && unit < 0x300) ||
    (unit >= 0x2010 && unit <= 0x2027) ||
    (unit >= 0x3000 && unit <= 0x3029) ||
    (unit >= 0x3041 && unit <= 0x3096) ||
    (unit >= 0x30a1 && unit <= 0x30fa) ||
    (unit >= 0xff01 && unit <= 0xff60)
  );
}
