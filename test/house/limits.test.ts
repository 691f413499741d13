/** No test is about time: expectations wait as long as their test may, on a machine as busy as it likes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/setup/places.mjs";

const files = ["test", "packages/kernel-lib/test", "packages/jupyter-ext/test"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
    .map((path) => join(folder, path)),
);

test("no test has a time limit of its own", () => {
  expect(files.length).toBeGreaterThan(100);
  const own = /\btimeout: \d|\bvi\.wait(For|Until)\(|\.toBeLessThan\([^)]*\bms\b/;
  const found = files.flatMap((path) =>
    readFileSync(join(root, path), "utf8")
      .split("\n")
      .flatMap((line, i) => (own.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
