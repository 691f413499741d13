import { fit, smallText, type Coloured, type PaperPage } from "./paper-page.js";
import type { Drawn } from "./panel.js";
import { element, text } from "./svg.js";

/** Points. */
const bar = { width: 56, height: 5, steps: 32 } as const;
const pieceGap = 14;

/** Pieces of a figure side by side, and below them what their colours mean. */
export function withLegend(
  pieces: readonly Drawn[],
  { shares, legend }: Coloured,
  block: readonly [number, number],
  page: PaperPage,
): Drawn {
  const { fontSize, measure, say } = page;
  let x = 0;
  const placed = pieces.map(({ svg, width }) => {
    const at = x;
    x += width + pieceGap;
    return at === 0 ? svg : element("g", { transform: `translate(${Math.round(at * 100) / 100} 0)` }, svg);
  });
  const small = fontSize * smallText;
  const base = Math.max(...pieces.map(({ height }) => height)) + fontSize * 0.8 + Math.max(bar.height, small * 0.8);
  const barLeft = measure(legend.low, small) + 3;
  const step = bar.width / bar.steps;
  const swatches = Array.from({ length: bar.steps }, (_, i) =>
    element("rect", {
      x: barLeft + i * step,
      y: base - bar.height,
      // each reaches under the next, so that no printer shows a seam
      width: i === bar.steps - 1 ? step : step * 2,
      height: bar.height,
      fill: page.colour(i / (bar.steps - 1)),
    }),
  );
  const words = [
    legend.title,
    ...(block[0] > 1 || block[1] > 1
      ? [say(`largest of ${block[0]} × ${block[1]}`, `每 ${block[0]} × ${block[1]} 个中的最大值`)]
      : []),
    ...(shares.some(Number.isNaN) ? [say("hatched: masked", "斜线：被遮住")] : []),
  ].join(say("; ", "；"));
  const highLeft = barLeft + bar.width + 3;
  const besideLeft = highLeft + measure(legend.high, small) + 8;
  // words that do not fit beside the bar stand below it
  const isBelow = besideLeft + measure(words, small) > page.width;
  const left = isBelow ? 0 : besideLeft;
  const written = fit(words, page.width - left, small, page);
  const key = element(
    "g",
    { "font-size": small },
    text(legend.low, { x: 0, y: base }),
    ...swatches,
    text(legend.high, { x: highLeft, y: base }),
    text(written, { x: left, y: isBelow ? base + small * 1.4 : base }),
  );
  return {
    svg: placed.join("") + key,
    width: Math.min(page.width, Math.max(x - pieceGap, besideLeft - 8, left + measure(written, small))),
    height: base + (isBelow ? small * 1.4 : 0) + small * 0.35,
  };
}
