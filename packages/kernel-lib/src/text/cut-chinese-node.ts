import { createRequire } from "node:module";
import type { Jieba } from "@node-rs/jieba";
import { peopleOfCountries } from "./chinese-people.js";

let jieba: Jieba | undefined;

/**
 * Words of Chinese text by jieba: the most probable path through its dictionary, and a hidden Markov model for words that are not in it.
 * The dictionary (5 MB) is loaded at the first call and not before.
 */
export function cutChinese(text: string): string[] {
  jieba ??= load();
  return jieba.cut(text, true);
}

interface JiebaModules {
  readonly "@node-rs/jieba": { readonly Jieba: typeof Jieba };
  readonly "@node-rs/jieba/dict": { readonly dict: Uint8Array };
}

function load(): Jieba {
  const require = createRequire(import.meta.url);
  const take = <Name extends keyof JiebaModules>(name: Name): JiebaModules[Name] => require(name) as JiebaModules[Name];
  const loaded = take("@node-rs/jieba").Jieba.withDict(take("@node-rs/jieba/dict").dict);
  // 中国 and 人 are so frequent apart that a whole word must occur some 700 times to be preferred; 中国人民 and 中国人口 still win
  loaded.loadDict(new TextEncoder().encode(peopleOfCountries.map((word) => `${word} 1000 n\n`).join("")));
  return loaded;
}
