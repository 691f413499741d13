/** npm test [-- FILTER…]: installs what is missing, then checks and tests everything; with a filter only the tests whose file has it. */
import { mkdirSync, readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { installBrowser } from "./setup/browser.mjs";
import { setUp } from "./setup/index.mjs";
import { findNode } from "./setup/node.mjs";
import { libraryFolder, root } from "./setup/places.mjs";
import { Problem, report } from "./setup/problem.mjs";
import { step } from "./setup/progress.mjs";
import { attempt } from "./setup/run.mjs";
import { say } from "./setup/words.mjs";

const filters = process.argv.slice(2);
const inModules = (/** @type {string} */ path) => join(root, "node_modules", path);

/** What is checked without running the project: a name, and the program with its arguments. */
const checks = /** @type {const} */ ([
  [say("types", "类型"), [inModules("typescript/bin/tsc"), "-b"]],
  [say("lint", "静态检查"), [inModules("oxlint/bin/oxlint")]],
  [say("format", "格式"), [inModules("prettier/bin/prettier.cjs"), "--check", "."]],
  [say("unused files, exports and packages", "未使用的文件、导出和依赖"), [inModules("knip/bin/knip.js")]],
  [say("heed as a package (publint)", "heed 软件包(publint)"), [inModules("publint/src/cli.js"), "--strict", libraryFolder]],
  [
    say("heed's types for every resolver (attw)", "heed 的类型解析(attw)"),
    [inModules("@arethetypeswrong/cli/dist/index.js"), "--pack", libraryFolder, "--profile", "esm-only"],
  ],
]);

/** Runs every check, also after one has failed, and returns how many failed. */
async function check() {
  const node = await findNode();
  let failed = 0;
  for (const [name, args] of checks) {
    await step(name, async () => {
      const { code, output } = await attempt(node, [...args]);
      if (code !== 0) throw new Problem(name, say("see above", "见上文"), output.trim());
    }).catch((error) => {
      failed += 1;
      console.error(error.details ?? error);
    });
  }
  return failed;
}

/**
 * Runs the tests and returns their totals.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
async function test() {
  const node = await findNode();
  const file = join(root, "test-results", "vitest.json");
  mkdirSync(join(root, "test-results"), { recursive: true });
  const args = [inModules("vitest/vitest.mjs"), "run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const code = await new Promise((settle) => {
    const child = spawn(node, [...args, ...filters], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", () => settle(1));
    child.once("exit", (status) => settle(status ?? 1));
  });
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, "utf8"));
  // a file that cannot be loaded fails without a failed test
  return { passed: numPassedTests, failed: Math.max(numFailedTests, code === 0 ? 0 : 1) };
}

try {
  await setUp();
  await installBrowser();
  const isWhole = filters.length === 0;
  const failedChecks = isWhole ? await check() : 0;
  const { passed, failed } = await test();
  process.exitCode = failed + failedChecks > 0 ? 1 : 0;
  console.log(`${passed + (isWhole ? checks.length - failedChecks : 0)} passed, ${failed + failedChecks} failed`);
} catch (error) {
  report(error);
  process.exitCode = 1;
}
