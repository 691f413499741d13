/** The language of what the scripts say: Chinese where the terminal's locale is Chinese, else English. */
const locale =
  process.env["LC_ALL"] || process.env["LC_MESSAGES"] || process.env["LANG"] || Intl.DateTimeFormat().resolvedOptions().locale;

/** Picks the sentence in the reader's language. */
export const say = /^zh/i.test(locale)
  ? /** @type {(english: string, chinese: string) => string} */ ((_, chinese) => chinese)
  : /** @type {(english: string, chinese: string) => string} */ ((english) => english);
