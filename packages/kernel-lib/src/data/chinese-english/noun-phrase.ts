import type { SeededRandom } from "../seeded-random.js";
import {
  colours,
  containers,
  kin,
  names,
  numerals,
  occupations,
  places,
  pronouns,
  qualitiesOfThings,
  sides,
  supports,
  surnames,
  things,
  titles,
  type Person,
  type Place,
  type Quality,
  type Thing,
  type Use,
} from "./lexicon.js";
import { alongside, arrange, inOrder, unsaid, word, type Phrase } from "./phrase.js";

/** Someone or something that a verb agrees with. */
export interface NounPhrase {
  readonly phrase: Phrase;
  readonly person: Person;
}

/** 我, 小明, 王先生, 我的妈妈, 老师: whoever does something. `except` keeps 我帮助我 out. */
export function subject(random: SeededRandom, except?: Phrase): NounPhrase {
  return someone(random, "subject", except);
}

/** The same as the object of a verb or of 比: me, Xiaoming, Mr Wang. */
export function personObject(random: SeededRandom, except?: Phrase): NounPhrase {
  return someone(random, "object", except);
}

function someone(random: SeededRandom, role: "subject" | "object", except?: Phrase): NounPhrase {
  const avoided = new Set(except?.chinese.map(({ text }) => text));
  for (;;) {
    const made = anyone(random, role);
    if (!made.phrase.chinese.some(({ text }) => avoided.has(text))) return made;
  }
}

function anyone(random: SeededRandom, role: "subject" | "object"): NounPhrase {
  const kind = random.number();
  if (kind < 0.5) {
    const pronoun = random.choose(pronouns);
    return { phrase: word(pronoun.chinese, pronoun[role]), person: pronoun.person };
  }
  if (kind < 0.65) return { phrase: word(...random.choose(names)), person: "he" };
  if (kind < 0.8) {
    const surname = word(...random.choose(surnames));
    const title = word(...random.choose(titles));
    return { phrase: arrange([surname, title], [title, surname]), person: "he" };
  }
  if (kind < 0.92) return { phrase: owned(random, word(...random.choose(kin))), person: "he" };
  const occupation = word(...random.choose(occupations));
  return { phrase: inOrder(unsaid("the", occupation), occupation), person: "he" };
}

/** 我的妈妈 → my mother; 小明的妈妈 → Xiaoming 's mother. */
export function owned(random: SeededRandom, noun: Phrase): Phrase {
  const de = word("的");
  if (random.chance(0.75)) {
    const { chinese, possessive } = random.choose(pronouns);
    return inOrder(alongside(word(chinese, possessive), de), de, noun);
  }
  const owner = word(...random.choose(names));
  return inOrder(owner, alongside(word("的", "'s"), owner, noun), noun);
}

/** What can be said of a thing. */
export function qualityOf(random: SeededRandom, { qualities }: Thing): Quality {
  return random.choose(qualitiesOfThings.filter(({ kind }) => qualities === "all" || qualities === kind));
}

/** 红色的书 → red book; 新的书 → new book: with 的 and no verb. */
function described(random: SeededRandom, thing: Thing, noun: Phrase): Phrase {
  const { chinese, english } = qualityOf(random, thing);
  const isColour = thing.qualities === "all" && random.chance(0.35);
  const how = isColour ? word(...random.choose(colours)) : word(chinese, english);
  const de = word("的");
  return inOrder(alongside(how, de), de, noun);
}

export function thingFor(random: SeededRandom, use: Use): Thing {
  return random.choose(things.filter(({ uses }) => uses.includes(use)));
}

const isVowel = (text: string): boolean => /^[aeio]/u.test(text);

/** An article before an English phrase; Chinese says 一 and a measure word, or nothing. */
function withArticle(noun: Phrase): Phrase {
  const first = noun.english[0]?.text ?? "";
  return inOrder(unsaid(isVowel(first) ? "an" : "a", noun), noun);
}

/** 书 → a book, 一本书 → a book, 三本新的书 → three new books, 一杯茶 → a cup of tea, 茶 → tea. */
export function someThing(random: SeededRandom, thing: Thing): NounPhrase {
  const noun = (english: string): Phrase => {
    const bare = word(thing.chinese, english);
    return thing.container === undefined && random.chance(0.3) ? described(random, thing, bare) : bare;
  };
  if (random.chance(0.3)) {
    const bare = noun(thing.singular);
    return { phrase: thing.container === undefined ? withArticle(bare) : bare, person: "he" };
  }
  if (thing.container !== undefined) {
    const container = word(thing.measure, thing.container);
    const drink = noun(thing.singular);
    return { phrase: inOrder(word("一", "a"), container, unsaid("of", container, drink), drink), person: "he" };
  }
  const measure = word(thing.measure);
  if (random.chance(0.5)) {
    const one = noun(thing.singular);
    const article = word("一", isVowel(one.english[0]?.text ?? "") ? "an" : "a");
    return { phrase: inOrder(alongside(article, measure), measure, one), person: "he" };
  }
  const { chinese, english } = random.choose(numerals);
  const many = noun(thing.plural ?? thing.singular);
  return { phrase: inOrder(alongside(word(chinese, english), measure), measure, many), person: "they" };
}

/** 这本书 → this book, 那杯茶 → that cup of tea, 我的书 → my book. */
export function particularThing(random: SeededRandom, thing: Thing): NounPhrase {
  const noun = word(thing.chinese, thing.singular);
  if (random.chance(0.45)) return { phrase: owned(random, noun), person: "he" };
  const which = random.chance(0.5) ? word("这", "this") : word("那", "that");
  if (thing.container !== undefined) {
    const container = word(thing.measure, thing.container);
    return { phrase: inOrder(which, container, unsaid("of", container, noun), noun), person: "he" };
  }
  const measure = word(thing.measure);
  return { phrase: inOrder(alongside(which, measure), measure, noun), person: "he" };
}

/**
 * What stands before its verb is known, and English gives it an article: 书 → the book, 红色的书 → the red book. The same words
 * after a verb are {@link someThing}: a book.
 */
export function theThing(random: SeededRandom, thing: Thing): NounPhrase {
  if (random.chance(0.55)) return particularThing(random, thing);
  const noun = word(thing.chinese, thing.singular);
  const whole = thing.container === undefined && random.chance(0.45) ? described(random, thing, noun) : noun;
  return { phrase: inOrder(unsaid("the", whole), whole), person: "he" };
}

/** The name of a place with the article it needs: the library, school, Beijing. */
export function placeName(place: Place): Phrase {
  const name = word(place.chinese, place.english);
  return place.isBare === true ? name : inOrder(unsaid("the", name), name);
}

/** 在图书馆 → in the library. */
export function atPlace(random: SeededRandom, place: Place = random.choose(places)): Phrase {
  const name = placeName(place);
  return inOrder(alongside(word("在", place.at), name), name);
}

/** 桌子上 → on the table: the side follows its noun in Chinese. `before` is 在, where it is said. */
function onSupport(noun: readonly [string, string], side: readonly [string, string], before: readonly Phrase[] = []): Phrase {
  const support = word(...noun);
  const where = word(...side);
  return arrange([...before, support, where], [alongside(where, support, ...before), unsaid("the", support, where), support]);
}

/** 桌子上 → on the table, 椅子下 → under the chair, 房间里 → in the room. */
export function somewhere(random: SeededRandom, before: readonly Phrase[] = []): Phrase {
  if (random.chance(0.4)) return onSupport(random.choose(containers), ["里", "in"], before);
  return onSupport(random.choose(supports), random.choose(sides), before);
}
