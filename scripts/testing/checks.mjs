/** What can be said of the code without running it. */
import { join } from "node:path";
import { root } from "../setup/places.mjs";
import { attempt } from "../setup/run.mjs";
import { step } from "../setup/progress.mjs";
import { say } from "../setup/words.mjs";

/** @import { Result } from "./test.mjs" */

/** @type {{ name: string, program: string, args: string[] }[]} `program` is a file in node_modules */
const checks = [
  { name: say("types", "类型"), program: "typescript/bin/tsc", args: ["-b"] },
  { name: say("lint", "代码规范"), program: "oxlint/bin/oxlint", args: [] },
  { name: say("format", "格式"), program: "prettier/bin/prettier.cjs", args: ["--check", "."] },
  { name: say("unused code", "未用代码"), program: "knip/bin/knip.js", args: [] },
  { name: say("package heed", "软件包 heed"), program: "publint/src/cli.js", args: ["run", "packages/kernel-lib", "--strict"] },
  {
    name: say("types of package heed", "软件包 heed 的类型"),
    program: "@arethetypeswrong/cli/dist/index.js",
    // heed is ESM alone: Node 22.12 and later take it with require() as well.
    args: ["--pack", "packages/kernel-lib", "--ignore-rules", "cjs-resolves-to-esm"],
  },
];

/** @param {string} node
 * @returns {Promise<Result>}
 */
export async function runChecks(node) {
  const failed = [];
  for (const { name, program, args } of checks) {
    /** @type {string} */
    let output = "";
    try {
      await step(name, async () => {
        const result = await attempt(node, [join(root, "node_modules", program), ...args]);
        output = result.output;
        if (result.code !== 0) throw new Error(name);
      });
    } catch {
      console.log(output);
      failed.push(`${say("check", "检查")}: ${name}`);
    }
  }
  return { passed: checks.length - failed.length, failed };
}
