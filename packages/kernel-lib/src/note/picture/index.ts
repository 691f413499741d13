export { fallbackSvg } from "./fallback.js";
export { paperFigure, type PaperOptions } from "./paper.js";
export type { Coloured } from "./paper-page.js";
export { escapeXml } from "./svg.js";
