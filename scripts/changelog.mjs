/** npm run changelog: what was done since the last release, by scope, as Markdown for CHANGELOG.md. */
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { root } from "./setup/places.mjs";

/** In the order in which people ask. */
const scopes = [
  "figure",
  "lab",
  "note",
  "attention",
  "models",
  "pretrained",
  "engine",
  "kernel",
  "python",
  "docs",
  "test",
  "build",
];

/**
 * Subjects `scope: what` as a list for each scope; those without a known scope come last.
 * @param {readonly string[]} subjects newest first
 */
export function changelog(subjects) {
  /** @type {Map<string, string[]>} */
  const groups = new Map([...scopes, "other"].map((scope) => [scope, []]));
  for (const subject of subjects.toReversed()) {
    const [, scope = "", what = ""] = subject.match(/^([a-z]+): (.+)$/) ?? [];
    const known = groups.get(scope);
    if (known) known.push(what);
    else groups.get("other")?.push(subject);
  }
  return [...groups]
    .filter(([, entries]) => entries.length > 0)
    .map(([scope, entries]) => `### ${scope}\n\n${entries.map((entry) => `- ${entry}\n`).join("")}`)
    .join("\n");
}

/** @param {string[]} args */
const git = (...args) => spawnSync("git", args, { cwd: root, encoding: "utf8" });

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const tag = git("describe", "--tags", "--abbrev=0");
  const range = tag.status === 0 ? [`${tag.stdout.trim()}..HEAD`] : ["HEAD"];
  console.log(
    changelog(
      git("log", "--no-merges", "--format=%s", ...range)
        .stdout.split("\n")
        .filter(Boolean),
    ),
  );
}
