import { expect, test } from "vitest";
import { Vocabulary } from "../../src/entries/data.js";

const texts = [
  ["我", "是", "中国人"],
  ["是", "我", "是"],
];

test("special tokens first, then by count, then by first appearance", () => {
  const vocabulary = Vocabulary.from(texts);
  expect(vocabulary.tokens).toEqual(["<pad>", "<unk>", "<s>", "</s>", "是", "我", "中国人"]);
  expect(["是", "我", "中国人", "猫", "<pad>"].map((token) => vocabulary.count(token))).toEqual([3, 2, 1, 0, 0]);
  expect([vocabulary.size, vocabulary.specialCount]).toEqual([7, 4]);
});

test("encoding and decoding; unknown tokens become <unk>", () => {
  const vocabulary = Vocabulary.from(texts);
  expect(vocabulary.encode(["我", "是", "猫"])).toEqual(Int32Array.of(5, 4, 1));
  expect(vocabulary.decode([5, 4, 1])).toEqual(["我", "是", "<unk>"]);
  expect([vocabulary.has("我"), vocabulary.has("猫")]).toEqual([true, false]);
  expect(() => vocabulary.decode([7])).toThrow(new RangeError("Vocabulary: expected an id from 0 to 6; got 7"));
});

test("without a token for unknown ones, they are errors", () => {
  const vocabulary = Vocabulary.from(texts, { special: [] });
  expect(() => vocabulary.encode(["猫"])).toThrow(
    new RangeError('Vocabulary: the token "猫" is not known, and there is no token for unknown ones'),
  );
});

test("rare tokens can be left out, by count or by size", () => {
  expect(Vocabulary.from(texts, { minimumCount: 2 }).tokens.slice(4)).toEqual(["是", "我"]);
  expect(Vocabulary.from(texts, { maximumSize: 5 }).tokens.slice(4)).toEqual(["是"]);
});

test("a special token that occurs in a text is counted and keeps its id", () => {
  const vocabulary = Vocabulary.from([["</s>", "a"]]);
  expect([vocabulary.id("</s>"), vocabulary.count("</s>"), vocabulary.id("a")]).toEqual([3, 1, 4]);
});

test("it survives JSON, names of Object.prototype included", () => {
  const vocabulary = Vocabulary.from([["__proto__", "constructor", "__proto__"]]);
  const copy = new Vocabulary(JSON.parse(JSON.stringify(vocabulary)));
  expect(copy.tokens).toEqual(vocabulary.tokens);
  expect([copy.id("__proto__"), copy.count("__proto__"), copy.unknown]).toEqual([4, 2, "<unk>"]);
});

test.each([
  [
    () => new Vocabulary({ tokens: ["a", "a"], counts: [1, 1], special: 0 }),
    'Vocabulary: expected every token once; got "a" twice',
  ],
  [() => new Vocabulary({ tokens: ["a"], counts: [], special: 0 }), "Vocabulary: expected a count for each of 1 tokens; got 0"],
  [() => Vocabulary.from([], { unknown: "[UNK]" }), 'Vocabulary: expected unknown to be one of the tokens; got "[UNK]"'],
  [() => Vocabulary.from([], { special: ["a", "a"] }), "Vocabulary: expected special tokens that differ; got a, a"],
  [
    () => Vocabulary.from([], { maximumSize: 3 }),
    "Vocabulary: expected a maximumSize of at least 4, for the special tokens; got 3",
  ],
])("what cannot be a vocabulary is refused: %#", (make, message) => {
  expect(make).toThrow(new RangeError(message));
});
