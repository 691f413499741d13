/** The words of the grammar, with what English needs to know about them. */

/** Who does it, as English verbs tell apart: I, you, he (or any third person singular), they (or any plural). */
export type Person = "I" | "you" | "he" | "they";

export interface Pronoun {
  readonly chinese: string;
  readonly subject: string;
  readonly object: string;
  readonly possessive: string;
  readonly person: Person;
}

export const pronouns: readonly Pronoun[] = [
  { chinese: "我", subject: "I", object: "me", possessive: "my", person: "I" },
  { chinese: "你", subject: "you", object: "you", possessive: "your", person: "you" },
  { chinese: "他", subject: "he", object: "him", possessive: "his", person: "he" },
  { chinese: "她", subject: "she", object: "her", possessive: "her", person: "he" },
  { chinese: "我们", subject: "we", object: "us", possessive: "our", person: "they" },
  { chinese: "他们", subject: "they", object: "them", possessive: "their", person: "they" },
];

type Pairs = readonly (readonly [chinese: string, english: string])[];

export const names: Pairs = [
  ["小明", "Xiaoming"],
  ["小红", "Xiaohong"],
  ["小李", "Xiaoli"],
];
export const surnames: Pairs = [
  ["王", "Wang"],
  ["张", "Zhang"],
  ["陈", "Chen"],
];
/** They follow a surname in Chinese and precede it in English. */
export const titles: Pairs = [
  ["先生", "Mr"],
  ["小姐", "Miss"],
];
export const kin: Pairs = [
  ["妈妈", "mother"],
  ["爸爸", "father"],
  ["哥哥", "older brother"],
  ["姐姐", "older sister"],
  ["弟弟", "younger brother"],
  ["妹妹", "younger sister"],
  ["朋友", "friend"],
  ["同学", "classmate"],
];
export const nationalities: Pairs = [
  ["中国人", "Chinese"],
  ["美国人", "American"],
  ["日本人", "Japanese"],
  ["德国人", "German"],
  ["英国人", "British"],
];
export const occupations: Pairs = [
  ["老师", "teacher"],
  ["学生", "student"],
  ["医生", "doctor"],
  ["司机", "driver"],
  ["工程师", "engineer"],
  ["作家", "writer"],
];

/** What can be done with a thing, so that sentences make sense. */
export type Use = "read" | "watch" | "eat" | "drink" | "write" | "wear" | "carry" | "keep" | "ride";

export interface Thing {
  readonly chinese: string;
  readonly singular: string;
  /** Absent for what is not counted: tea, rice. */
  readonly plural?: string;
  readonly measure: string;
  /** What the measure word is called in English: a *cup* of tea. Absent where English has no word for it. */
  readonly container?: string;
  readonly uses: readonly Use[];
  /** What can be said of it: tea is not old, a letter is not cheap. */
  readonly qualities: "all" | "age" | "price";
}

const counted = (chinese: string, measure: string, singular: string, plural: string, ...uses: Use[]): Thing => ({
  chinese,
  singular,
  plural,
  measure,
  uses,
  qualities: uses.includes("keep") ? "all" : "age",
});
const mass = (chinese: string, measure: string, container: string, singular: string, ...uses: Use[]): Thing => ({
  chinese,
  singular,
  measure,
  container,
  uses,
  qualities: "price",
});

export const things: readonly Thing[] = [
  counted("书", "本", "book", "books", "read", "write", "carry", "keep"),
  counted("信", "封", "letter", "letters", "read", "write", "carry"),
  counted("报纸", "份", "newspaper", "newspapers", "read", "carry"),
  counted("电影", "部", "film", "films", "watch"),
  counted("苹果", "个", "apple", "apples", "eat", "carry", "keep"),
  counted("香蕉", "根", "banana", "bananas", "eat", "carry", "keep"),
  counted("衬衫", "件", "shirt", "shirts", "wear", "keep"),
  counted("帽子", "顶", "hat", "hats", "wear", "carry", "keep"),
  counted("照片", "张", "photo", "photos", "carry", "keep"),
  counted("杯子", "个", "cup", "cups", "carry", "keep"),
  counted("电脑", "台", "computer", "computers", "keep"),
  counted("手机", "部", "phone", "phones", "carry", "keep"),
  counted("自行车", "辆", "bicycle", "bicycles", "ride", "keep"),
  counted("汽车", "辆", "car", "cars", "keep"),
  counted("猫", "只", "cat", "cats", "keep"),
  counted("狗", "只", "dog", "dogs", "keep"),
  mass("茶", "杯", "cup", "tea", "drink"),
  mass("咖啡", "杯", "cup", "coffee", "drink"),
  mass("牛奶", "瓶", "bottle", "milk", "drink"),
  mass("水", "瓶", "bottle", "water", "drink"),
  mass("米饭", "碗", "bowl", "rice", "eat"),
];

export interface Verb {
  readonly chinese: string;
  readonly base: string;
  /** Third person singular: goes. */
  readonly third: string;
  readonly past: string;
  /** To like, to know, to need: without 了 and 想. */
  readonly isState?: boolean;
}

const verb = (chinese: string, base: string, third: string, past: string): Verb => ({ chinese, base, third, past });
const state = (...forms: Parameters<typeof verb>): Verb => ({ ...verb(...forms), isState: true });

/** 看 is to read or to watch, by what is looked at. */
export const verbsOfUse: readonly (readonly [Verb, Use])[] = [
  [verb("看", "read", "reads", "read"), "read"],
  [verb("看", "watch", "watches", "watched"), "watch"],
  [verb("吃", "eat", "eats", "ate"), "eat"],
  [verb("喝", "drink", "drinks", "drank"), "drink"],
  [verb("写", "write", "writes", "wrote"), "write"],
  [verb("买", "buy", "buys", "bought"), "keep"],
  [verb("卖", "sell", "sells", "sold"), "keep"],
  [verb("找", "look for", "looks for", "looked for"), "carry"],
  [state("需要", "need", "needs", "needed"), "keep"],
  [state("喜欢", "like", "likes", "liked"), "keep"],
];
export const verbsOfMeeting: readonly Verb[] = [
  state("喜欢", "like", "likes", "liked"),
  verb("帮助", "help", "helps", "helped"),
  state("认识", "know", "knows", "knew"),
  verb("看见", "see", "sees", "saw"),
  verb("等", "wait for", "waits for", "waited for"),
];
export const verbsAlone: readonly Verb[] = [
  verb("工作", "work", "works", "worked"),
  verb("睡觉", "sleep", "sleeps", "slept"),
  verb("游泳", "swim", "swims", "swam"),
  verb("唱歌", "sing", "sings", "sang"),
  verb("跳舞", "dance", "dances", "danced"),
  verb("休息", "rest", "rests", "rested"),
];
export const go = verb("去", "go", "goes", "went");
export const have = verb("有", "have", "has", "had");
export const give = verb("给", "give", "gives", "gave");
export const put = verb("放", "put", "puts", "put");
export const say = verb("说", "say", "says", "said");
export const think = verb("觉得", "think", "thinks", "thought");
export const verbsOfWeather: readonly Verb[] = [
  verb("下雨", "rain", "rains", "rained"),
  verb("下雪", "snow", "snows", "snowed"),
];
/** What a 把-sentence can do to a thing it names first. */
export const verbsOfChange: readonly (readonly [Verb, Use])[] = [
  [verb("卖掉", "sell", "sells", "sold"), "keep"],
  [verb("吃掉", "eat", "eats", "ate"), "eat"],
  [verb("喝掉", "drink", "drinks", "drank"), "drink"],
  [verb("拿走", "take away", "takes away", "took away"), "carry"],
];

export interface Quality {
  readonly chinese: string;
  readonly english: string;
  /** taller, more beautiful */
  readonly comparative: string;
  readonly kind: "age" | "price" | "other";
}

const quality = (chinese: string, english: string, comparative: string, kind: Quality["kind"] = "other"): Quality => ({
  chinese,
  english,
  comparative,
  kind,
});

export const qualitiesOfPeople: readonly Quality[] = [
  quality("忙", "busy", "busier"),
  quality("高兴", "happy", "happier"),
  quality("累", "tired", "more tired"),
  quality("高", "tall", "taller"),
  quality("年轻", "young", "younger"),
  quality("聪明", "clever", "cleverer"),
];
export const qualitiesOfThings: readonly Quality[] = [
  quality("新", "new", "newer", "age"),
  quality("旧", "old", "older", "age"),
  quality("大", "big", "bigger"),
  quality("小", "small", "smaller"),
  quality("贵", "expensive", "more expensive", "price"),
  quality("便宜", "cheap", "cheaper", "price"),
  quality("漂亮", "beautiful", "more beautiful"),
];
export const colours: Pairs = [
  ["红色", "red"],
  ["蓝色", "blue"],
  ["白色", "white"],
  ["黑色", "black"],
];

export interface Place {
  readonly chinese: string;
  readonly english: string;
  readonly at: "in" | "at";
  /** "at school", "at home", "in Beijing": without an article. */
  readonly isBare?: boolean;
}

export const places: readonly Place[] = [
  { chinese: "图书馆", english: "library", at: "in" },
  { chinese: "公园", english: "park", at: "in" },
  { chinese: "医院", english: "hospital", at: "in" },
  { chinese: "办公室", english: "office", at: "in" },
  { chinese: "机场", english: "airport", at: "at" },
  { chinese: "学校", english: "school", at: "at", isBare: true },
  { chinese: "北京", english: "Beijing", at: "in", isBare: true },
  { chinese: "上海", english: "Shanghai", at: "in", isBare: true },
];
export const home: Place = { chinese: "家", english: "home", at: "at", isBare: true };
/** Furniture, and what a thing can be of it. */
export const supports: Pairs = [
  ["桌子", "table"],
  ["椅子", "chair"],
  ["床", "bed"],
];
export const sides: Pairs = [
  ["上", "on"],
  ["下", "under"],
];
export const containers: Pairs = [
  ["房间", "room"],
  ["书包", "bag"],
];
export const vehicles: Pairs = [
  ["火车", "train"],
  ["飞机", "plane"],
  ["公共汽车", "bus"],
];

export type Tense = "present" | "past" | "modal";

export interface Time {
  readonly chinese: string;
  readonly english: string;
  /** What can be said of that time; modal verbs go with today, too. */
  readonly tenses: readonly Tense[];
}

const time = (chinese: string, english: string, ...tenses: Tense[]): Time => ({ chinese, english, tenses });

export const times: readonly Time[] = [
  time("每天", "every day", "present", "modal"),
  time("每周", "every week", "present", "modal"),
  time("早上", "in the morning", "present", "modal"),
  time("晚上", "in the evening", "present", "modal"),
  time("今天", "today", "past", "modal"),
  time("昨天", "yesterday", "past"),
  time("上周", "last week", "past"),
  time("去年", "last year", "past"),
  time("明天", "tomorrow", "modal"),
  time("下周", "next week", "modal"),
  time("明年", "next year", "modal"),
];

export interface Modal {
  readonly chinese: string;
  readonly english: string;
  /** 不必须 is not said. */
  readonly isNegated: boolean;
}

export const modals: readonly Modal[] = [
  { chinese: "会", english: "will", isNegated: true },
  { chinese: "能", english: "can", isNegated: true },
  { chinese: "应该", english: "should", isNegated: true },
  { chinese: "必须", english: "must", isNegated: false },
];

export interface Numeral {
  readonly chinese: string;
  readonly english: string;
}
export const numerals: readonly Numeral[] = [
  { chinese: "两", english: "two" },
  { chinese: "三", english: "three" },
  { chinese: "四", english: "four" },
  { chinese: "五", english: "five" },
];
