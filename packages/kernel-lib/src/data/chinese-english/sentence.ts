/** Sentences: one clause with its mark, or several that are joined. */
import type { SeededRandom } from "../seeded-random.js";
import * as clause from "./clause.js";
import { modals, say, think, times, verbsAlone, verbsOfWeather, type Verb } from "./lexicon.js";
import { atPlace, subject } from "./noun-phrase.js";
import { alongside, arrange, inOrder, nothing, unsaid, word, type Phrase } from "./phrase.js";
import { action, event, predicate, type Mood } from "./predicate.js";

const comma = (): Phrase => word("，", ",");

/** A sentence with its mark; one in ten goes without, as people type. */
function marked(random: SeededRandom, clauses: Phrase, chinese: "。" | "？", english: "." | "?"): Phrase {
  return random.chance(0.1) ? clauses : inOrder(clauses, word(chinese, english));
}

/** A sentence of one clause, in any mood. */
export function simpleSentence(random: SeededRandom): Phrase {
  const kind = random.number();
  if (kind < 0.08) return marked(random, clause.openQuestion(random), "？", "?");
  if (kind < 0.25) return marked(random, withMood(random, "question"), "？", "?");
  return marked(random, statement(random), "。", ".");
}

/** A clause that states something: what longer sentences are joined from. */
function statement(random: SeededRandom): Phrase {
  const kind = random.number();
  if (kind < 0.1) return clause.comparison(random);
  if (kind < 0.22) return clause.disposal(random);
  if (kind < 0.3) return clause.relative(random);
  return withMood(random, random.chance(0.25) ? "negation" : "statement");
}

function withMood(random: SeededRandom, mood: Mood): Phrase {
  const kind = random.number();
  if (kind < 0.18) return clause.identity(random, mood);
  if (kind < 0.34) return clause.quality(random, mood);
  if (kind < 0.44) return clause.possession(random, mood);
  if (kind < 0.54) return clause.existence(random, mood);
  if (kind < 0.6) return clause.weather(random, mood);
  return event(random, mood);
}

/** A sentence of two or more clauses; the first two may be bound by 因为 … 所以 and its like. */
export function joinedSentence(random: SeededRandom, clauses: number): Phrase {
  const parts: Phrase[] = [];
  let rest = clauses;
  if (random.chance(0.6)) {
    parts.push(bound(random));
    rest -= 2;
  }
  for (; rest > 0; rest -= 1) parts.push(statement(random));
  const [first, ...others] = random.shuffle(parts);
  const joined = others.flatMap((part) => [comma(), random.chance(0.5) ? word("而且", "and") : word("但是", "but"), part]);
  return marked(random, inOrder(...(first ? [first] : []), ...joined), "。", ".");
}

function bound(random: SeededRandom): Phrase {
  switch (random.integer(5)) {
    case 0: {
      // English says either because or so
      const so = word("所以");
      return inOrder(word("因为", "because"), statement(random), alongside(comma(), so), so, statement(random));
    }
    case 1: {
      const but = word("但是");
      return inOrder(word("虽然", "although"), statement(random), alongside(comma(), but), but, statement(random));
    }
    case 2:
      return whenAtPlace(random);
    case 3:
      return ifWeather(random);
    default:
      return reported(random);
  }
}

/** 我在学校的时候，他看见了她 → he saw her when I was at school: the clauses change places. */
function whenAtPlace(random: SeededRandom): Phrase {
  const who = subject(random);
  const place = atPlace(random);
  const de = word("的");
  const when = alongside(word("时候", "when"), de);
  const was = unsaid(who.person === "I" || who.person === "he" ? "was" : "were", place);
  const other = subject(random, who.phrase);
  const what = action(random, other.phrase, false);
  const main = predicate("statement", { who: other, at: { when: nothing, tense: "past" }, what });
  return arrange([who.phrase, place, de, when, word("，"), main], [main, when, who.phrase, was, place]);
}

/** 如果明天下雨，我就应该在家休息 → if it rains tomorrow , I should rest at home. */
function ifWeather(random: SeededRandom): Phrase {
  const { chinese: rainChinese, third } = random.choose(verbsOfWeather);
  const rains = word(rainChinese, third);
  const time = random.choose(times.filter(({ tenses }) => tenses.includes("modal")));
  const when = random.chance(0.7) ? word(time.chinese, time.english) : nothing;
  const condition = arrange([when, rains], [unsaid("it", rains), rains, when]);
  const who = subject(random);
  const then = word("就");
  const modal = random.choose(modals);
  const will = alongside(word(modal.chinese, modal.english), then);
  const { chinese, base } = random.choose(verbsAlone);
  const rest = word(chinese, base);
  const place = random.chance(0.6) ? atPlace(random) : nothing;
  const main = arrange([who.phrase, then, will, place, rest], [who.phrase, will, rest, place]);
  return inOrder(word("如果", "if"), condition, comma(), main);
}

/** 他说她很忙 → he says that she is busy. */
function reported(random: SeededRandom): Phrase {
  const who = subject(random);
  const verb: Verb = random.chance(0.5) ? say : think;
  const says = word(verb.chinese, who.person === "he" ? verb.third : verb.base);
  return inOrder(who.phrase, says, unsaid("that", says), statement(random));
}
