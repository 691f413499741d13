import type { Drawing } from "./drawing.js";
import type { TickLabels } from "./geometry.js";
import { visibleToken } from "./labels.js";

/** A label that had to be cut shows its whole token on hover. */
export function nameElidedLabels(picture: HTMLElement, { geometry, cells, look }: Drawing): void {
  const name = (axis: "xtick" | "ytick", ticks: TickLabels, tokens: readonly string[], block: number): void => {
    for (const [i, text] of picture.querySelectorAll(`.${axis} text`).entries()) {
      const token = visibleToken(tokens[(ticks.positions[i] ?? 0) * block] ?? "");
      if (ticks.texts[i] === undefined || (block === 1 && ticks.texts[i] === token)) continue;
      const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
      title.textContent = token;
      text.append(title);
    }
  };
  name("xtick", geometry.columns, look.columns.tokens, cells.block[1]);
  name("ytick", geometry.rows, look.rows.tokens, cells.block[0]);
}
