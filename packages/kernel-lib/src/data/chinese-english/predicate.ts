/** Who does what when and where: the verb with its tense and mood, and the order of what surrounds it. */
import type { SeededRandom } from "../seeded-random.js";
import {
  go,
  home,
  modals,
  places,
  times,
  vehicles,
  verbsAlone,
  verbsOfMeeting,
  verbsOfUse,
  type Modal,
  type Person,
  type Tense,
  type Time,
  type Verb,
} from "./lexicon.js";
import {
  atPlace,
  particularThing,
  personObject,
  placeName,
  someThing,
  subject,
  thingFor,
  type NounPhrase,
} from "./noun-phrase.js";
import { alongside, arrange, inOrder, nothing, unsaid, word, type Phrase } from "./phrase.js";

/** What kind of statement it is. */
export type Mood = "statement" | "negation" | "question";

export const bes: Readonly<Record<Person, string>> = { I: "am", you: "are", he: "is", they: "are" };
export const dos: Readonly<Record<Person, string>> = { I: "do", you: "do", he: "does", they: "do" };

/** What is done: a verb with what follows it in both languages. */
export interface Action {
  readonly verb: Verb;
  /** What comes after the verb; "to" goes with it. */
  readonly object: (verb: Phrase) => Phrase;
  /** Where or how, before the verb in Chinese and after the object in English. */
  readonly manner: Phrase;
}

export function action(random: SeededRandom, who: Phrase, allowsState: boolean): Action {
  const kind = random.number();
  const isAllowed = ({ isState }: Verb): boolean => allowsState || isState !== true;
  const placed = (verb: Verb): Phrase => (verb.isState === true || random.chance(0.6) ? nothing : atPlace(random));
  if (kind < 0.45) {
    const [verb, use] = random.choose(verbsOfUse.filter(([candidate]) => isAllowed(candidate)));
    const thing = thingFor(random, use);
    const object = (random.chance(0.65) ? someThing(random, thing) : particularThing(random, thing)).phrase;
    return { verb, object: () => object, manner: placed(verb) };
  }
  if (kind < 0.65) {
    const verb = random.choose(verbsOfMeeting.filter(isAllowed));
    const object = personObject(random, who).phrase;
    return { verb, object: () => object, manner: placed(verb) };
  }
  if (kind < 0.85) {
    const place = random.chance(0.2) ? home : random.choose(places);
    const manner = random.chance(0.7) ? atPlace(random, place) : nothing;
    return { verb: random.choose(verbsAlone), object: () => nothing, manner };
  }
  const place = placeName(random.choose(places));
  const vehicle = word(...random.choose(vehicles));
  const manner = random.chance(0.4) ? inOrder(alongside(word("坐", "by"), vehicle), vehicle) : nothing;
  return { verb: go, object: (verb) => inOrder(unsaid("to", verb, place), place), manner };
}

/** When it is, and what tense and modal verb go with that. */
export interface Setting {
  readonly when: Phrase;
  readonly tense: Tense;
  readonly modal?: Modal;
}

/** A time, or none, with one of its tenses. Of modal verbs those that can be negated, where `mood` asks for it. */
export function setting(
  random: SeededRandom,
  mood: Mood,
  known: readonly Time[] = times,
  tenses: readonly Tense[] = allTenses,
): Setting {
  const fitting = known.filter((candidate) => candidate.tenses.some((tense) => tenses.includes(tense)));
  const time = random.chance(0.6) ? random.choose(fitting) : undefined;
  const tense = random.choose(time ? time.tenses.filter((candidate) => tenses.includes(candidate)) : tenses);
  const when = time ? word(time.chinese, time.english) : nothing;
  if (tense !== "modal") return { when, tense };
  return { when, tense, modal: random.choose(modals.filter(({ isNegated }) => isNegated || mood !== "negation")) };
}

const allTenses: readonly Tense[] = ["present", "past", "modal"];

/** 他昨天在图书馆看了一本书 → he read a book in the library yesterday, in any tense and mood. */
export function event(random: SeededRandom, mood: Mood): Phrase {
  const who = subject(random);
  const at = setting(random, mood);
  const isPlain = at.tense === "present" && at.when === nothing;
  const isWish = isPlain && random.chance(0.25);
  const what = action(random, who.phrase, isPlain && !isWish);
  return predicate(mood, { who, at, what, isWish });
}

interface Predicate {
  readonly who: NounPhrase;
  readonly at: Setting;
  readonly what: Action;
  /** 想: want to */
  readonly isWish?: boolean;
}

export function predicate(mood: Mood, { who, at, what, isWish = false }: Predicate): Phrase {
  const { before, helper, middle, verb, after } = verbGroup(mood, who.person, at, what.verb, isWish);
  const ma = mood === "question" ? word("吗") : nothing;
  const object = what.object(verb);
  const chinese = [who.phrase, at.when, before, what.manner, verb, after, object, ma];
  const help = alongside(helper, ma);
  const subjectAndHelper = mood === "question" ? [help, who.phrase] : [who.phrase, help];
  return arrange(chinese, [...subjectAndHelper, middle, verb, object, what.manner, at.when]);
}

interface VerbGroup {
  /** What stands before the verb in Chinese: 不, 没有, 会, 想. */
  readonly before: Phrase;
  /** What English puts before the subject in questions: will, did, does. */
  readonly helper: Phrase;
  /** What stays before the verb in English: not, want to. */
  readonly middle: Phrase;
  readonly verb: Phrase;
  /** 了 */
  readonly after: Phrase;
}

function verbGroup(mood: Mood, person: Person, { tense, modal }: Setting, verb: Verb, isWish: boolean): VerbGroup {
  const isPlain = mood === "statement";
  if (modal) {
    const helper = word(modal.chinese, modal.english);
    const not = mood === "negation" ? word("不", "not") : nothing;
    return { before: inOrder(not, helper), helper, middle: not, verb: word(verb.chinese, verb.base), after: nothing };
  }
  if (tense === "past") {
    const not = mood === "negation" ? word("没有", "not") : nothing;
    const le = mood === "negation" ? nothing : word("了");
    const made = alongside(word(verb.chinese, isPlain ? verb.past : verb.base), le);
    const helper = isPlain ? nothing : unsaid("did", not, le, made);
    return { before: not, helper, middle: not, verb: made, after: le };
  }
  const not = mood === "negation" ? word("不", "not") : nothing;
  const form = isPlain && person === "he" ? "third" : "base";
  const made = word(verb.chinese, isWish ? verb.base : verb[form]);
  const want = isWish ? word("想", form === "third" ? "wants" : "want") : nothing;
  const helper = isPlain ? nothing : unsaid(dos[person], not, want, made);
  const middle = inOrder(not, want, isWish ? unsaid("to", want, made) : nothing);
  return { before: inOrder(not, want), helper, middle, verb: made, after: nothing };
}
