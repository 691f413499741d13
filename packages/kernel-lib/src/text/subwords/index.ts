export { Encoding, type EncodingAxis } from "./encoding.js";
export { loadTokenizer, Tokenizer, type EncodeOptions } from "./tokenizer.js";
