import { nearlySame } from "heed/note";
import { brief } from "./colour-value.js";
import { element } from "./element.js";
import type { HopFacts, SummaryFacts } from "./hop-facts.js";
import type { DrawingOptions, Phrases } from "./options.js";
import type { Piece } from "./running-text.js";
import { shadeAt } from "./shade.js";
import { share } from "./wording.js";

/** What one hop's card shows. */
export interface HopContent {
  readonly name: string;
  readonly names: readonly string[];
  readonly pieces: readonly Piece[];
  /** From 0 to 1 for each token; NaN where masked. */
  readonly strengths: Float32Array;
  readonly facts: HopFacts;
  readonly all: SummaryFacts;
}

/** One hop: what it highlights in the text, how sharp it is, which hop it is like, and what leaving it out does. */
export function hopCard(content: HopContent, options: DrawingOptions): HTMLElement {
  const { phrases } = options;
  const { facts, all } = content;
  const card = element("section", "jp-HeedHop");
  const head = element("div", "jp-HeedHop-head");
  head.append(
    element("span", "jp-HeedHop-name", content.name),
    element(
      "span",
      "",
      phrases.__("entropy %1 bits: as over %2 of %3 tokens", brief(facts.entropy), brief(facts.spread), all.tokens),
    ),
  );
  if (facts.closest) {
    const other = content.names[facts.closest.hop] ?? "";
    const text = facts.closest.isNearlySame
      ? phrases.__("nearly the same as %1 (cosine %2, from %3)", other, brief(facts.closest.cosine), nearlySame)
      : phrases.__("most like %1 (cosine %2)", other, brief(facts.closest.cosine));
    const note = element("span", "jp-HeedHop-likeness", text);
    note.classList.toggle("jp-mod-same", facts.closest.isNearlySame);
    head.append(note);
  }
  const text = element("p", "jp-HeedText-text");
  text.dir = "auto";
  content.pieces.forEach((piece, i) => {
    const span = element("span", "jp-HeedText-token", piece.text);
    span.classList.toggle("jp-mod-special", piece.special);
    const strength = content.strengths[i] ?? Number.NaN;
    const shade = Number.isNaN(strength) ? undefined : shadeAt(options.colourScale, options.theme.dark, strength);
    span.style.backgroundColor = shade?.background ?? "";
    span.style.color = shade?.ink ?? "";
    span.classList.toggle("jp-mod-masked", !shade);
    text.append(piece.before, span);
  });
  card.append(head, text);
  if (all.hops.length > 1) card.append(element("div", "jp-HeedHop-without", withoutText(facts, all, phrases)));
  return card;
}

function withoutText({ penaltyWithout, coveredWithout, ownShare }: HopFacts, all: SummaryFacts, phrases: Phrases): string {
  return [
    phrases.__("without it: penalty %1 → %2", brief(all.penalty), brief(penaltyWithout)),
    phrases.__("tokens with more than an even share %1 → %2", all.covered, coveredWithout),
    ...(ownShare === undefined ? [] : [phrases.__("%1 of its vector in C is in no other hop's reach", share(ownShare))]),
  ].join(" · ");
}
