export { decodeElements, safetensorsBits, type DecodedElements, type SafetensorsDType } from "./dtypes.js";
export {
  encodeHeader,
  parseHeader,
  readHeaderLength,
  type SafetensorsEntry,
  type SafetensorsHeader,
  type SafetensorsPart,
} from "./header.js";
