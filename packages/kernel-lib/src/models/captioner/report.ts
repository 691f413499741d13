import { bleu, exactMatch, type BleuScore } from "../../metrics/bleu.js";
import { chanceOfPointing, pointsAt } from "../../metrics/pointing.js";
import type { Box, Picture } from "../../vision/picture.js";
import type { CaptionNoun } from "../../data/scene-captions.js";
import type { SeenCaption } from "./seen-caption.js";

/** A picture with its caption and, where known, which words name which objects and where these are. */
export interface PictureWithCaption {
  readonly picture: Picture;
  readonly caption: readonly string[];
  readonly nouns?: readonly CaptionNoun[];
  readonly boxes?: readonly Box[];
}

/** How well held-out pictures are captioned, and what is looked at. */
export interface CaptionReport {
  readonly pictures: number;
  /** The share of captions that equal their reference, token for token. */
  readonly exactMatch: number;
  readonly bleu: BleuScore;
  /** The pointing game (Zhang et al. 2016) over nouns that were written where the reference has them. */
  readonly pointing?: {
    /** The share of nouns at which the part with the largest weight has its middle in the object's box. */
    readonly share: number;
    /** The share that a part chosen by chance would have. */
    readonly chance: number;
    readonly nouns: number;
  };
  readonly captions: readonly (readonly string[])[];
}

/** Judges captions of pictures, in the order of the pictures. */
export function reportCaptions(examples: readonly PictureWithCaption[], seen: readonly SeenCaption[]): CaptionReport {
  if (examples.length === 0) throw new RangeError("evaluate: expected at least one picture; got none");
  const captions = seen.map(({ caption }) => caption);
  const references = examples.map(({ caption }) => caption);
  let [nouns, hits, chance] = [0, 0, 0];
  examples.forEach(({ picture: { width, height }, caption, nouns: known = [], boxes = [] }, i) => {
    const { caption: written, grid } = seen[i] as SeenCaption;
    for (const { token, object } of known) {
      const box = boxes[object];
      if (box === undefined || written[token] !== caption[token]) continue;
      nouns += 1;
      if (pointsAt((seen[i] as SeenCaption).partOf(token), grid, width, height, box)) hits += 1;
      chance += chanceOfPointing(grid, width, height, box);
    }
  });
  return {
    pictures: examples.length,
    exactMatch: exactMatch(captions, references),
    bleu: bleu(captions.map(textOf), references.map(textOf), { tokenize: "none" }),
    ...(nouns > 0 && { pointing: { share: hits / nouns, chance: chance / nouns, nouns } }),
    captions,
  };
}

const textOf = (tokens: readonly string[]): string => tokens.join(" ");
