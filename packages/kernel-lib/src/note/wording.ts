/** The languages that everything a reader sees exists in. */
export type Language = "en" | "zh-CN";

/** The language to use for a tag such as `zh_CN`, `zh-Hans` or `fr`. */
export function languageOf(tag: string): Language {
  return /^zh\b|^zh[-_]/i.test(tag) ? "zh-CN" : "en";
}

/** One sentence in both languages. */
export interface Wording {
  readonly en: string;
  readonly "zh-CN": string;
}
