import { readOptions } from "../checks/read-options.js";
import { seededRandom, type SeededRandom } from "./seeded-random.js";

/** A text with its class, and the positions of the words that decide it. */
export interface EvidenceText {
  readonly tokens: readonly string[];
  /** The name of the class, one of `evidenceLabels`: what is judged and how, either of which may be missing. */
  readonly label: string;
  /** Positions of the words that decide in `tokens`, ascending: none, one or two. */
  readonly evidence: readonly number[];
}

export interface EvidenceOptions {
  readonly count: number;
  readonly seed: number;
  readonly language?: "en" | "zh";
  /** How many clauses without evidence surround those with it: from, to, at least 1; 2 to 6 unless said. */
  readonly fillers?: readonly [number, number];
}

type Both = Readonly<Record<"en" | "zh", string>>;
const both = (en: string, zh: string): Both => ({ en, zh });

/** What a review is about: each word alone names its aspect. */
const aspects: Readonly<Record<string, readonly Both[]>> = {
  food: [both("breakfast", "早餐"), both("soup", "汤"), both("noodles", "面条"), both("dessert", "甜点")],
  room: [both("bed", "床"), both("bathroom", "浴室"), both("window", "窗户"), both("pillow", "枕头")],
  staff: [both("waiter", "服务员"), both("manager", "经理"), both("receptionist", "前台"), both("porter", "门童")],
  place: [both("street", "街道"), both("view", "风景"), both("beach", "海滩"), both("neighbourhood", "社区")],
};
/** What the guest says of it. */
const verdicts: Readonly<Record<string, readonly Both[]>> = {
  good: [both("wonderful", "精彩"), both("excellent", "优秀"), both("delightful", "愉快"), both("perfect", "完美")],
  bad: [both("awful", "糟糕"), both("terrible", "可怕"), both("disappointing", "失望"), both("poor", "很差")],
};
/** Clauses around the evidence; * is where it goes. */
const aspectClauses = [
  both("let me tell you about the *", "我 想 说说 *"),
  both("this note concerns the *", "这 段 话 关于 *"),
  both("we talked a lot about the *", "我们 常常 谈到 *"),
  both("the * is what I remember", "我 记得 的 是 *"),
];
const verdictClauses = [
  both("all in all it was *", "总的来说 它 *"),
  both("my friends called it *", "朋友们 说 它 *"),
  both("* is the right word", "* 是 合适 的 词"),
  both("everyone found it *", "大家 都 觉得 *"),
];
const fillerClauses = [
  both("we arrived on monday evening", "我们 星期一 晚上 到 了"),
  both("my sister came with us", "我 妹妹 和 我们 一起 来"),
  both("the train was on time", "火车 很 准时"),
  both("it rained for two days", "下 了 两 天 雨"),
  both("I had booked in spring", "我 春天 就 订 了"),
  both("there were five of us", "我们 一共 五 个 人"),
  both("the children slept early", "孩子们 睡 得 很 早"),
  both("we paid by card", "我们 用 卡 付款"),
  both("our flight left at noon", "我们 的 飞机 中午 起飞"),
  both("I work in another city", "我 在 别 的 城市 工作"),
  both("they gave us two keys", "他们 给 了 我们 两 把 钥匙"),
  both("we stayed three nights", "我们 住 了 三 晚"),
  both("the lift was near the stairs", "电梯 在 楼梯 旁边"),
  both("a colleague had told me of it", "一 个 同事 告诉 了 我"),
  both("we went for a walk", "我们 去 散步"),
  both("it was my birthday", "那 天 是 我 的 生日"),
];

const nothing = "nothing";
const labelOf = (aspect: string, verdict: string): string =>
  aspect === nothing ? verdict : verdict === nothing ? aspect : `${verdict} ${aspect}`;

/** The classes: an aspect and a verdict, one of them, or nothing. */
export const evidenceLabels: readonly string[] = [...Object.keys(aspects), nothing].flatMap((aspect) =>
  [...Object.keys(verdicts), nothing].map((verdict) => labelOf(aspect, verdict)),
);

/**
 * Reviews whose class is decided by two words at known positions: one that names an aspect (breakfast: food) and one that judges it
 * (wonderful: good), each in a clause of its own, among clauses that say nothing about either. Neither word alone decides; and since either
 * may be missing, which is a class too, no class shows by what is not there.
 *
 * @throws RangeError when the grammar yields too few different texts
 * @example
 * ```ts
 * import { evidenceTexts } from "heed/data";
 * const [review] = evidenceTexts({ count: 1, seed: 3 });
 * console.log(review?.label, review?.evidence.map((i) => review.tokens[i])); // bad staff ["terrible", "manager"]
 * ```
 */
export function evidenceTexts(options: EvidenceOptions): EvidenceText[] {
  const {
    count,
    seed,
    language = "en",
    fillers = [2, 6],
  } = readOptions("evidenceTexts", options, { count: true, seed: true, language: true, fillers: true });
  const [fewest, most] = fillers;
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`evidenceTexts: expected a count ≥ 1; got ${count}`);
  if (!(Number.isInteger(fewest) && Number.isInteger(most) && fewest >= 1 && most >= fewest && most <= fillerClauses.length)) {
    throw new RangeError(
      `evidenceTexts: expected fillers from 1 to ${fillerClauses.length}, ascending; got ${fewest} to ${most}`,
    );
  }
  const random = seededRandom(seed);
  const texts: EvidenceText[] = [];
  const seen = new Set<string>();
  for (let misses = 0; texts.length < count; misses += 1) {
    if (misses > 3000) throw new RangeError(`evidenceTexts: found only ${texts.length} different texts with these fillers`);
    const text = evidenceText(random, language, fewest + random.integer(most - fewest + 1));
    const key = text.tokens.join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    texts.push(text);
    misses = 0;
  }
  return texts;
}

function evidenceText(random: SeededRandom, language: "en" | "zh", fillers: number): EvidenceText {
  const aspect = random.choose([...Object.keys(aspects), nothing]);
  const verdict = random.choose([...Object.keys(verdicts), nothing]);
  const planted = (clause: Both, word: Both): { tokens: string[]; at?: number } => {
    const tokens = clause[language].split(" ");
    const at = tokens.indexOf("*");
    return { tokens: tokens.with(at, word[language]), at };
  };
  const clauses = random.shuffle([
    ...(aspect === nothing ? [] : [planted(random.choose(aspectClauses), random.choose(aspects[aspect] ?? []))]),
    ...(verdict === nothing ? [] : [planted(random.choose(verdictClauses), random.choose(verdicts[verdict] ?? []))]),
    ...random
      .shuffle(fillerClauses)
      .slice(0, fillers)
      .map((clause) => ({ tokens: clause[language].split(" "), at: undefined })),
  ]);
  const tokens: string[] = [];
  const evidence: number[] = [];
  for (const clause of clauses) {
    if (clause.at !== undefined) evidence.push(tokens.length + clause.at);
    tokens.push(...clause.tokens, language === "en" ? "." : "。");
  }
  return { tokens, label: labelOf(aspect, verdict), evidence };
}
