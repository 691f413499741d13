/** Clauses of every kind. Each rule states the Chinese order and the English order. */
import type { SeededRandom } from "../seeded-random.js";
import {
  give,
  have,
  kin,
  nationalities,
  occupations,
  put,
  qualitiesOfPeople,
  qualitiesOfThings,
  things,
  verbsAlone,
  verbsOfChange,
  verbsOfUse,
  verbsOfWeather,
  type Verb,
} from "./lexicon.js";
import {
  owned,
  personObject,
  qualityOf,
  somewhere,
  someThing,
  subject,
  theThing,
  thingFor,
  type NounPhrase,
} from "./noun-phrase.js";
import { alongside, arrange, inOrder, nothing, unsaid, word, type Phrase } from "./phrase.js";
import { action, bes, dos, predicate, setting, type Mood } from "./predicate.js";

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

/** 他很忙 → he is busy; 这本书非常贵 → this book is very expensive; 她不累 → she is not tired; 我更高 → I am taller. */
export function quality(random: SeededRandom, mood: Mood): Phrase {
  const isPerson = random.chance(0.6);
  const thing = random.choose(things);
  const who = isPerson ? subject(random) : theThing(random, thing);
  const { chinese, english, comparative } = isPerson ? random.choose(qualitiesOfPeople) : qualityOf(random, thing);
  const how = word(chinese, english);
  if (mood === "question") {
    const ma = word("吗");
    return arrange([who.phrase, how, ma], [unsaid(bes[who.person], how, ma), who.phrase, how]);
  }
  if (mood === "negation") {
    const not = word("不", "not");
    return inOrder(who.phrase, unsaid(bes[who.person], not, how), not, how);
  }
  const kind = random.number();
  if (kind < 0.2) {
    const more = word("更");
    const compared = alongside(word(chinese, comparative), more);
    return inOrder(who.phrase, more, unsaid(bes[who.person], more, compared), compared);
  }
  const degree = kind < 0.6 ? word("很") : kind < 0.8 ? word("非常", "very") : word("太", "too");
  return inOrder(who.phrase, unsaid(bes[who.person], degree, how), degree, how);
}

/** 昨天下雨了 → it rained yesterday; 明天会下雪 → it will snow tomorrow. */
export function weather(random: SeededRandom, mood: Mood): Phrase {
  const at = setting(random, mood);
  const verb = random.choose(verbsOfWeather);
  const it: NounPhrase = { phrase: unsaid("it"), person: "he" };
  const clause = predicate(mood, { who: it, at, what: { verb, object: () => nothing, manner: nothing } });
  const rains = clause.chinese.filter(({ text }) => text === verb.chinese);
  return {
    chinese: clause.chinese,
    english: clause.english.map((made) => (made.text === "it" ? { ...made, possible: rains } : made)),
  };
}

/** 我有一本书 → I have a book; 他没有猫 → he does not have a cat. */
export function possession(random: SeededRandom, mood: Mood): Phrase {
  const who = subject(random);
  const object = someThing(random, thingFor(random, "keep")).phrase;
  if (mood === "negation") {
    const not = word("没有", "not have");
    return inOrder(who.phrase, unsaid(dos[who.person], not), not, object);
  }
  const what = { verb: have, object: () => object, manner: nothing };
  return predicate(mood, { who, at: { when: nothing, tense: "present" }, what });
}

/** 桌子上有三本书 → there are three books on the table. */
export function existence(random: SeededRandom, mood: Mood): Phrase {
  const where = somewhere(random);
  const { phrase, person } = someThing(random, random.choose(things.filter(({ uses }) => !uses.includes("watch"))));
  const be = bes[person];
  if (mood === "negation") {
    const not = word("没有", `${be} not`);
    return arrange([where, not, phrase], [unsaid("there", where, not), not, phrase, where]);
  }
  const is = word("有", be);
  const there = unsaid("there", where, is);
  if (mood === "statement") return arrange([where, is, phrase], [there, is, phrase, where]);
  const ma = word("吗");
  return arrange([where, is, phrase, ma], [alongside(is, ma), there, phrase, where]);
}

/** 她把书放在桌子上了 → she put the book on the table; 他会把茶喝掉 → he will drink the tea. */
export function disposal(random: SeededRandom): Phrase {
  const who = subject(random);
  const ba = word("把");
  const { when, modal } = setting(random, "statement", undefined, ["past", "past", "modal"]);
  const will = modal ? word(modal.chinese, modal.english) : nothing;
  const le = modal ? nothing : word("了");
  const told = ({ chinese, base, past }: Verb): Phrase => alongside(word(chinese, modal ? base : past), ba, le);
  const before = [who.phrase, when, will, ba];
  const kind = random.number();
  if (kind < 0.4) {
    const object = theThing(random, thingFor(random, "carry")).phrase;
    const verb = told(put);
    const where = somewhere(random, [word("在")]);
    return arrange([...before, object, verb, where, le], [who.phrase, will, verb, object, where, when]);
  }
  if (kind < 0.7) {
    const object = theThing(random, thingFor(random, "carry")).phrase;
    const verb = told(give);
    const to = personObject(random, who.phrase).phrase;
    return arrange([...before, object, verb, le, to], [who.phrase, will, verb, object, unsaid("to", verb, to), to, when]);
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
    const be = unsaid(bes[first.person], than, more);
    const compared = [alongside(more, than), alongside(than, more)];
    return arrange([first.phrase, than, second.phrase, more], [first.phrase, be, ...compared, second.phrase]);
  }
  const not = word("没有", "not");
  const how = word(chinese, english);
  const as = unsaid("as", not, how);
  const be = unsaid(bes[first.person], not, how);
  return arrange([first.phrase, not, second.phrase, how], [first.phrase, be, not, as, how, as, second.phrase]);
}

/** How much of it; 很 says nothing in English. */
const degrees: readonly (readonly [string, string])[] = [
  ["很", ""],
  ["非常", "very"],
  ["太", "too"],
  ["不", "not"],
];

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
  const { chinese, english } = qualityOf(random, thing);
  const how = word(chinese, english);
  const [inChinese, inEnglish] = random.choose(degrees);
  const degree = word(inChinese, inEnglish);
  const be = unsaid("is", degree, how);
  return arrange(
    [who.phrase, when, does, that, noun, degree, how],
    [unsaid("the", noun, that), noun, that, who.phrase, does, when, be, degree, how],
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
    const asked = [alongside(where, at), unsaid(helper, does, where), who.phrase, does];
    return arrange([who.phrase, at, where, does], asked);
  }
  if (kind < 0.6) {
    const what = word("什么", "what");
    // 想看什么 may be read or watch
    const told = verbsOfUse.filter(([{ chinese, isState }]) => isState !== true && chinese !== "看");
    const [{ chinese, base }] = random.choose(told);
    const want = word("想", "want");
    const does = word(chinese, base);
    return arrange(
      [who.phrase, want, does, what],
      [what, unsaid(helper, want, what), who.phrase, want, unsaid("to", want, does), does],
    );
  }
  const isReason = random.chance(0.6);
  const ask = isReason ? word("为什么", "why") : word("什么时候", "when");
  const { verb, object: objectOf, manner } = action(random, who.phrase, isReason);
  const does = word(verb.chinese, verb.base);
  const object = objectOf(does);
  return arrange([who.phrase, ask, manner, does, object], [ask, unsaid(helper, does, ask), who.phrase, does, object, manner]);
}
