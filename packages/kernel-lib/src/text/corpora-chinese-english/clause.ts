/** Clauses: who does what when and where. Each rule states the Chinese order and the English order. */
import type { SeededRandom } from "../corpora-random.js";
import {
  give,
  go,
  have,
  home,
  kin,
  nationalities,
  occupations,
  places,
  put,
  qualitiesOfPeople,
  qualitiesOfThings,
  containers,
  sides,
  supports,
  things,
  times,
  vehicles,
  verbsAlone,
  verbsOfChange,
  verbsOfMeeting,
  verbsOfUse,
  type Person,
  type Tense,
  type Verb,
} from "./lexicon.js";
import {
  atPlace,
  atSupport,
  onSupport,
  owned,
  personObject,
  particularThing,
  placeName,
  qualityOf,
  someThing,
  subject,
  theThing,
  thingFor,
  type NounPhrase,
} from "./noun-phrase.js";
import { alongside, arrange, inOrder, unsaid, word, type Phrase } from "./phrase.js";

/** What kind of statement it is. */
export type Mood = "statement" | "negation" | "question";

const nothing: Phrase = { chinese: [], english: [] };
const bes: Readonly<Record<Person, string>> = { I: "am", you: "are", he: "is", they: "are" };
const dos: Readonly<Record<Person, string>> = { I: "do", you: "do", he: "does", they: "do" };

/** 我是中国人 → I am Chinese; 他不是老师 → he is not a teacher; 你是学生吗 → are you a student. */
export function identity(random: SeededRandom, mood: Mood): Phrase {
  const who = subject(random);
  const is = mood === "negation" ? word("不是", `${bes[who.person]} not`) : word("是", bes[who.person]);
  return stated(mood, who.phrase, is, description(random, who));
}

function description(random: SeededRandom, who: NounPhrase): Phrase {
  const kind = random.number();
  if (kind < 0.4) return word(...random.choose(nationalities));
  if (kind < 0.7) {
    const [chinese, english] = random.choose(occupations);
    const isPlural = who.person === "they";
    const role = word(chinese, isPlural ? `${english}s` : english);
    return isPlural ? role : inOrder(unsaid(/^[aeio]/u.test(english) ? "an" : "a", role), role);
  }
  return who.person === "they" ? word("学生", "students") : owned(random, word(...random.choose([...kin, ...occupations])));
}

/** The subject and the verb change places in an English question; Chinese adds 吗. */
function stated(mood: Mood, who: Phrase, verb: Phrase, rest: Phrase): Phrase {
  if (mood !== "question") return inOrder(who, verb, rest);
  const ma = word("吗");
  return arrange([who, verb, rest, ma], [alongside(verb, ma), who, rest]);
}

/** 他很忙 → he is busy; 这本书非常贵 → this book is very expensive; 她不累 → she is not tired. */
export function quality(random: SeededRandom, mood: Mood): Phrase {
  const isPerson = random.chance(0.6);
  const thing = random.choose(things);
  const who = isPerson ? subject(random) : theThing(random, thing);
  const { chinese, english } = isPerson ? random.choose(qualitiesOfPeople) : qualityOf(random, thing);
  const how = word(chinese, english);
  const be = unsaid(bes[who.person], how);
  if (mood === "negation") return inOrder(who.phrase, be, word("不", "not"), how);
  if (mood === "question") {
    const ma = word("吗");
    return arrange([who.phrase, how, ma], [alongside(be, ma), who.phrase, how]);
  }
  const kind = random.number();
  if (kind < 0.5) {
    const hen = word("很");
    return inOrder(who.phrase, hen, alongside(be, hen), how);
  }
  return inOrder(who.phrase, be, kind < 0.75 ? word("非常", "very") : word("太", "too"), how);
}

/** What is done: a verb with what follows it in both languages. */
interface Action {
  readonly verb: Verb;
  readonly object: Phrase;
  /** Where or how, before the verb in Chinese and after the object in English. */
  readonly manner: Phrase;
}

export function action(random: SeededRandom, who: Phrase, allowsState: boolean): Action {
  const kind = random.number();
  const placed = (verb: Verb): Phrase => (verb.isState === true || random.chance(0.6) ? nothing : atPlace(random));
  if (kind < 0.45) {
    const [verb, use] = random.choose(verbsOfUse.filter(([{ isState }]) => allowsState || isState !== true));
    const thing = thingFor(random, use);
    const object = (random.chance(0.65) ? someThing(random, thing) : particularThing(random, thing)).phrase;
    return { verb, object, manner: placed(verb) };
  }
  if (kind < 0.65) {
    const verb = random.choose(verbsOfMeeting.filter(({ isState }) => allowsState || isState !== true));
    return { verb, object: personObject(random, who).phrase, manner: placed(verb) };
  }
  if (kind < 0.85) {
    const place = random.chance(0.2) ? home : random.choose(places);
    return { verb: random.choose(verbsAlone), object: nothing, manner: random.chance(0.7) ? atPlace(random, place) : nothing };
  }
  const place = placeName(random.choose(places));
  const manner = random.chance(0.4) ? inOrder(word("坐", "by"), word(...random.choose(vehicles))) : nothing;
  return { verb: go, object: inOrder(unsaid("to", place), place), manner };
}

/** 他昨天在图书馆看了一本书 → he read a book in the library yesterday, in any tense and mood. */
export function event(random: SeededRandom, mood: Mood): Phrase {
  const who = subject(random);
  const time = random.chance(0.6) ? random.choose(times) : undefined;
  const tense: Tense = time?.tense ?? (random.chance(0.3) ? "past" : "present");
  const isPlain = time === undefined && tense === "present";
  const isWish = isPlain && random.chance(0.25);
  const what = action(random, who.phrase, isPlain && !isWish);
  const when = time === undefined ? nothing : word(time.chinese, time.english);
  return predicate(mood, { who, when, tense, what, isWish });
}

interface Predicate {
  readonly who: NounPhrase;
  readonly when: Phrase;
  readonly tense: Tense;
  readonly what: Action;
  /** 想: want to */
  readonly isWish?: boolean;
}

export function predicate(mood: Mood, { who, when, tense, what, isWish = false }: Predicate): Phrase {
  const { object, manner } = what;
  const { before, verb, after } = verbGroup(mood, who.person, tense, what.verb, isWish);
  const ma = mood === "question" ? word("吗") : nothing;
  const chinese = [who.phrase, when, before.chinese, manner, verb, after, object, ma];
  const helper = alongside(before.helper, ma);
  const english =
    mood === "question"
      ? [helper, who.phrase, before.english, verb, object, manner, when]
      : [who.phrase, helper, before.english, verb, object, manner, when];
  return arrange(chinese, english);
}

interface VerbGroup {
  readonly before: {
    /** What stands before the verb in Chinese, */
    readonly chinese: Phrase;
    /** what English puts before the subject in questions, */
    readonly helper: Phrase;
    /** and what stays before the verb. */
    readonly english: Phrase;
  };
  readonly verb: Phrase;
  /** 了 */
  readonly after: Phrase;
}

function verbGroup(mood: Mood, person: Person, tense: Tense, verb: Verb, isWish: boolean): VerbGroup {
  const isPlain = mood === "statement";
  if (tense === "future") {
    const will = word("会", "will");
    const not = mood === "negation" ? word("不", "not") : nothing;
    const made = word(verb.chinese, verb.base);
    return { before: { chinese: inOrder(not, will), helper: will, english: not }, verb: made, after: nothing };
  }
  if (tense === "past") {
    const not = mood === "negation" ? word("没有", "not") : nothing;
    const made = word(verb.chinese, isPlain ? verb.past : verb.base);
    const le = mood === "negation" ? nothing : word("了");
    const did = isPlain ? nothing : unsaid("did", mood === "negation" ? not : le);
    return { before: { chinese: not, helper: did, english: not }, verb: isPlain ? alongside(made, le) : made, after: le };
  }
  const not = mood === "negation" ? word("不", "not") : nothing;
  const form = isPlain && person === "he" ? "third" : "base";
  if (isWish) {
    const want = word("想", form === "third" ? "wants" : "want");
    const helper = isPlain ? nothing : unsaid(dos[person], ...(mood === "negation" ? [not] : [want]));
    const english = inOrder(not, want, unsaid("to", want));
    return { before: { chinese: inOrder(not, want), helper, english }, verb: word(verb.chinese, verb.base), after: nothing };
  }
  const made = word(verb.chinese, verb[form]);
  const helper = isPlain ? nothing : unsaid(dos[person], ...(mood === "negation" ? [not] : [made]));
  return { before: { chinese: not, helper, english: not }, verb: made, after: nothing };
}

/** 我有一本书 → I have a book; 他没有猫 → he does not have a cat. */
export function possession(random: SeededRandom, mood: Mood): Phrase {
  const who = subject(random);
  const object = someThing(random, thingFor(random, "keep")).phrase;
  if (mood === "negation") {
    const not = word("没有", "not have");
    return inOrder(who.phrase, unsaid(dos[who.person], not), not, object);
  }
  const what = { verb: have, object, manner: nothing };
  return predicate(mood, { who, when: nothing, tense: "present", what });
}

/** 桌子上有三本书 → there are three books on the table. */
export function existence(random: SeededRandom, mood: Mood): Phrase {
  const inside = random.chance(0.4);
  const where = inside
    ? onSupport(random.choose(containers), ["里", "in"])
    : onSupport(random.choose(supports), random.choose(sides));
  const { phrase, person } = someThing(random, random.choose(things.filter(({ uses }) => !uses.includes("watch"))));
  const be = bes[person];
  if (mood === "negation") {
    const not = word("没有", `${be} not`);
    return arrange([where, not, phrase], [unsaid("there", not), not, phrase, where]);
  }
  const is = word("有", be);
  const there = unsaid("there", is);
  if (mood === "statement") return arrange([where, is, phrase], [there, is, phrase, where]);
  const ma = word("吗");
  return arrange([where, is, phrase, ma], [alongside(is, ma), there, phrase, where]);
}

/** 她把书放在桌子上了 → she put the book on the table; 他会把茶喝掉 → he will drink the tea. */
export function disposal(random: SeededRandom): Phrase {
  const who = subject(random);
  const ba = word("把");
  const time = random.choose([undefined, ...times.filter(({ tense }) => tense !== "present")]);
  const when = time === undefined ? nothing : word(time.chinese, time.english);
  const isFuture = time?.tense === "future";
  const will = isFuture ? word("会", "will") : nothing;
  const le = isFuture ? nothing : word("了");
  const told = ({ chinese, base, past }: Verb): Phrase => alongside(word(chinese, isFuture ? base : past), ba, le);
  const before = [who.phrase, when, will, ba];
  const kind = random.number();
  if (kind < 0.4) {
    const object = theThing(random, thingFor(random, "carry")).phrase;
    const verb = told(put);
    const where = atSupport(random);
    return arrange([...before, object, verb, where, le], [who.phrase, will, verb, object, where, when]);
  }
  if (kind < 0.7) {
    const object = theThing(random, thingFor(random, "carry")).phrase;
    const verb = told(give);
    const to = personObject(random, who.phrase).phrase;
    return arrange([...before, object, verb, le, to], [who.phrase, will, verb, object, unsaid("to", verb), to, when]);
  }
  const [how, use] = random.choose(verbsOfChange);
  const object = theThing(random, thingFor(random, use)).phrase;
  const verb = told(how);
  return arrange([...before, object, verb, le], [who.phrase, will, verb, object, when]);
}

/** 他比我高 → he is taller than me; 他没有我高 → he is not as tall as me. */
export function comparison(random: SeededRandom): Phrase {
  const isPerson = random.chance(0.65);
  const first = isPerson ? subject(random) : theThing(random, thingFor(random, "keep"));
  const second = isPerson ? personObject(random, first.phrase) : theThing(random, thingFor(random, "keep"));
  const { chinese, english, comparative } = random.choose(isPerson ? qualitiesOfPeople : qualitiesOfThings);
  if (random.chance(0.7)) {
    const than = word("比", "than");
    const more = word(chinese, comparative);
    const be = unsaid(bes[first.person], more);
    return arrange([first.phrase, than, second.phrase, more], [first.phrase, be, more, than, second.phrase]);
  }
  const not = word("没有", "not");
  const how = word(chinese, english);
  const as = unsaid("as", not, how);
  const be = unsaid(bes[first.person], not, how);
  return arrange([first.phrase, not, second.phrase, how], [first.phrase, be, not, as, how, as, second.phrase]);
}

/** 她昨天买的书很贵 → the book that she bought yesterday is expensive. */
export function relative(random: SeededRandom): Phrase {
  const who = subject(random);
  const isPast = random.chance(0.6);
  const [verb, use] = random.choose(verbsOfUse.filter(([{ isState }]) => !isPast || isState !== true));
  const thing = thingFor(random, use);
  const noun = word(thing.chinese, thing.singular);
  const when = isPast ? word("昨天", "yesterday") : nothing;
  const does = word(verb.chinese, isPast ? verb.past : who.person === "he" ? verb.third : verb.base);
  const that = word("的", "that");
  const hen = word("很");
  const { chinese, english } = qualityOf(random, thing);
  const how = word(chinese, english);
  const be = alongside(unsaid("is", how), hen);
  return arrange(
    [who.phrase, when, does, that, noun, hen, how],
    [unsaid("the", noun), noun, that, who.phrase, does, when, be, how],
  );
}

/** 谁是你的老师 → who is your teacher; 你在哪里工作 → where do you work; 你想买什么 → what do you want to buy. */
export function openQuestion(random: SeededRandom): Phrase {
  const kind = random.number();
  if (kind < 0.2) return inOrder(word("谁", "who"), word("是", "is"), owned(random, word(...random.choose(occupations))));
  const who = subject(random);
  const helper = dos[who.person];
  if (kind < 0.4) {
    const where = word("哪里", "where");
    const at = word("在");
    const { chinese, base } = random.choose(verbsAlone);
    const does = word(chinese, base);
    const asked = [alongside(where, at), unsaid(helper, does), who.phrase, does];
    return arrange([who.phrase, at, where, does], asked);
  }
  if (kind < 0.6) {
    const what = word("什么", "what");
    // 想看什么 may be read or watch
    const told = verbsOfUse.filter(([{ chinese, isState }]) => isState !== true && chinese !== "看");
    const [{ chinese, base }] = random.choose(told);
    const want = word("想", "want");
    const does = word(chinese, base);
    return arrange([who.phrase, want, does, what], [what, unsaid(helper, want), who.phrase, want, unsaid("to", want), does]);
  }
  const isReason = random.chance(0.6);
  const ask = isReason ? word("为什么", "why") : word("什么时候", "when");
  const { verb, object, manner } = action(random, who.phrase, isReason);
  const does = word(verb.chinese, verb.base);
  return arrange([who.phrase, ask, manner, does, object], [ask, unsaid(helper, does), who.phrase, does, object, manner]);
}
