import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluateNote, NoteSyntaxError } from "../../src/language/index.js";
import { fields } from "../../src/language/fields.js";
import { describeNote, type Language } from "../../src/note/index.js";

const readme = readFileSync(join(import.meta.dirname, "../../src/language/README.md"), "utf8");

/** Every example with the two sentences below it. */
const examples = [...readme.matchAll(/```attention\n([\s\S]*?)```\n\n> (.*)\n>\n> (.*)\n/g)].map(
  ([, text = "", english = "", chinese = ""]) => [text, english, chinese] as const,
);

/** What a reader is told: the note in words, or what is wrong. */
async function tell(text: string, language: Language): Promise<string> {
  try {
    return describeNote(await evaluateNote(text, { language }), language);
  } catch (error) {
    if (error instanceof NoteSyntaxError) return error.message;
    throw error;
  }
}

test.each(examples)("this example says what stands below it:\n%s", async (text, english, chinese) => {
  expect(await tell(text, "en")).toBe(english);
  expect(await tell(text, "zh-CN")).toBe(chinese);
});

test("every block has its sentences, and every field is explained", () => {
  expect(examples).toHaveLength(readme.match(/```attention/g)?.length ?? 0);
  for (const name of fields.keys()) expect(readme).toContain(`\`${name}\``);
});
