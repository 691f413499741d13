let segmenter: Intl.Segmenter | undefined;

/**
 * Words of Chinese text by the browser's own rules, as jieba's dictionary is too large to send along. Most cuts agree; some do not:
 * 我是中国人 becomes 我是 | 中国人, where jieba (in Node) says 我 | 是 | 中国人.
 */
export function cutChinese(text: string): string[] {
  segmenter ??= new Intl.Segmenter("zh", { granularity: "word" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
