import { card } from "./colors.js";
import { element, escapeXml } from "./svg.js";

/** Fonts that the systems of readers have, with ones that have Chinese. */
const fonts = "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

/** The frame of a picture: its size in pixels, and what it is called and says to those who do not see it. */
export interface Card {
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  readonly title: string;
  readonly description: string;
}

/** A self-contained SVG on a ground of its own, so that it reads the same on any page. */
export function drawCard({ width, height, fontSize, title, description }: Card, ...content: readonly string[]): string {
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      // its title and description are text, too
      class: "mathjax_ignore",
      "font-family": fonts,
      "font-size": fontSize,
      fill: card.ink,
    },
    element("title", {}, escapeXml(title)),
    element("desc", {}, escapeXml(description)),
    element("rect", { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 6, fill: card.ground, stroke: card.edge }),
    ...content,
  );
}
