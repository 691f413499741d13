import { expect, test } from "vitest";
import { fencesIn, replaceFence } from "../src/notes/fence-text.js";

const textsIn = (markdown: string): string[] => fencesIn(markdown).map(({ text }) => text);

test("finds a fence, its text and its line", () => {
  expect(fencesIn("# Title\n\n```attention\na: 1\n  b: 2\n```\nend")).toEqual([{ text: "a: 1\n  b: 2", line: 3 }]);
});

test.each([
  ["tildes", "~~~attention\na\n~~~", ["a"]],
  ["a longer fence", "````attention\na\n```\nb\n````", ["a\n```\nb"]],
  ["a fence that is never closed", "```attention\na", ["a"]],
  ["words after the name", "```attention small\na\n```", ["a"]],
  ["a space before the name", "``` attention\na\n```", ["a"]],
  ["a little indentation, taken from each line", "  ```attention\n  a:\n    b\n  ```", ["a:\n  b"]],
  ["a quote", "> ```attention\n> a:\n>   - b\n> ```\n", ["a:\n  - b"]],
  ["a quote in a quote", "> > ```attention\n> > a\n> > ```", ["a"]],
  ["a quote that ends the fence", "> ```attention\n> a\nb", ["a"]],
  ["a list", "- item\n\n  ```attention\n  a\n  ```", ["a"]],
  ["a numbered list, on its first line", "1. ```attention\n   a\n   ```", ["a"]],
  ["two notes", "```attention\na\n```\n\n```attention\nb\n```", ["a", "b"]],
  ["an empty note", "```attention\n```", [""]],
])("in Markdown with %s", (_, markdown, texts) => {
  expect(textsIn(markdown)).toEqual(texts);
});

test.each([
  ["another language", "```python\na\n```"],
  ["a name that only begins like it", "```attentions\na\n```"],
  ["a fence inside another", "````markdown\n```attention\na\n```\n````"],
  ["indented code", "    ```attention\n    a\n    ```"],
  ["two backquotes", "``attention\na\n``"],
  ["a line of code", "`attention`"],
])("finds none in %s", (_, markdown) => {
  expect(textsIn(markdown)).toEqual([]);
});

test.each([
  ["a plain note", "x\n```attention\na\nb\n```\ny", 0, "x\n```attention\na\nc\nd\n```\ny"],
  ["the second of two", "```attention\na\n```\n```attention\na\nb\n```", 1, "```attention\na\n```\n```attention\na\nc\nd\n```"],
  ["a quote", "> ```attention\n> a\n> b\n> ```", 0, "> ```attention\n> a\n> c\n> d\n> ```"],
  ["a list", "- x\n\n  ```attention\n  a\n  b\n  ```", 0, "- x\n\n  ```attention\n  a\n  c\n  d\n  ```"],
])("another text takes the place of %s, indented and quoted as it was", (_, markdown, index, expected) => {
  const changed = replaceFence(markdown, index, "a\nc\nd");
  expect(changed).toBe(expected);
  expect(fencesIn(changed)[index]?.text).toBe("a\nc\nd");
});
