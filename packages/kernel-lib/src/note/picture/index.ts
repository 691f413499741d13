export { fallbackSvg } from "./fallback.js";
