export { decodeElements, safetensorsBits, type DecodedElements, type SafetensorsDType } from "./dtypes.js";
export {
  encodeHeader,
  maxHeaderBytes,
  parseHeader,
  readHeaderLength,
  type SafetensorsEntry,
  type SafetensorsHeader,
  type SafetensorsPart,
} from "./header.js";
