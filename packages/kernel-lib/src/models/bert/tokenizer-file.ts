import type { Vocabulary } from "../../text/vocabulary.js";

/**
 * A `tokenizer.json` for words between spaces, as Hugging Face's tokenizers read it: every word of the vocabulary is a token, and texts are
 * put between [CLS] and [SEP].
 */
export function wordTokenizerJson(vocabulary: Vocabulary): string {
  const special = vocabulary.tokens.slice(0, vocabulary.specialCount);
  const single = [mark("[CLS]", 0), sequence("A", 0), mark("[SEP]", 0)];
  const template = Object.fromEntries(
    ["[CLS]", "[SEP]"].map((content) => [content, { id: content, ids: [vocabulary.id(content)], tokens: [content] }]),
  );
  const file = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: {
      type: "TemplateProcessing",
      single,
      pair: [...single, sequence("B", 1), mark("[SEP]", 1)],
      special_tokens: template,
    },
    decoder: null,
    model: {
      type: "WordLevel",
      vocab: Object.fromEntries(vocabulary.tokens.map((token, id) => [token, id])),
      unk_token: "[UNK]",
    },
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

const mark = (content: string, type: number): object => ({ SpecialToken: { id: content, type_id: type } });
const sequence = (id: "A" | "B", type: number): object => ({ Sequence: { id, type_id: type } });
