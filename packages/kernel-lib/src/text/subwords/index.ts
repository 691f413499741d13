export { Encoding, type EncodingAxis } from "./encoding.js";
export { loadTokenizer, Tokenizer, type EncodeOptions } from "./tokenizer.js";
export type { TruncationStrategy } from "./truncate.js";
