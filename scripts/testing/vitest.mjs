/** Runs a part of the tests with vitest and counts what its JSON report says. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "../setup/places.mjs";
import { say } from "../setup/words.mjs";
import { inOwnTemporaryFolder } from "./temporary.mjs";

/** @import { Result } from "./test.mjs" */

/**
 * @param {string} node
 * @param {{ name: string, projects: string[] }} suite
 * @param {string[]} filters
 * @returns {Promise<Result>}
 */
export async function runSuite(node, { name, projects }, filters) {
  const results = join(root, "test-results");
  mkdirSync(results, { recursive: true });
  const report = join(results, `${name}.json`);
  rmSync(report, { force: true });
  const args = [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    ...projects.flatMap((project) => ["--project", project]),
    "--passWithNoTests",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...filters,
  ];
  console.log(`\n${say("Tests", "测试")}: ${projects.join(", ")}`);
  const { result: code, left } = await inOwnTemporaryFolder(
    (env) => new Promise((resolve) => spawn(node, args, { cwd: root, stdio: "inherit", env }).once("exit", resolve)),
  );
  if (!existsSync(report))
    return {
      passed: 0,
      failed: [say(`${name}: vitest ended with code ${code} and no report`, `${name}:vitest 以代码 ${code} 结束,没有报告`)],
    };
  const result = readReport(report);
  if (left.length > 0)
    result.failed.push(
      say(`${name}: left in the temporary folder: ${left.join(", ")}`, `${name}:在临时文件夹中留下了:${left.join("、")}`),
    );
  // Errors outside of any test.
  if (code !== 0 && result.failed.length === 0)
    result.failed.push(say(`${name}: vitest ended with code ${code}`, `${name}:vitest 以代码 ${code} 结束`));
  return result;
}

/**
 * @typedef {{ status: string, fullName: string }} TestReport
 * @typedef {{ name: string, status: string, assertionResults: TestReport[] }} FileReport
 */

/** @param {string} file
 * @returns {Result}
 */
function readReport(file) {
  /** @type {{ numPassedTests: number, testResults: FileReport[] }} */
  const { numPassedTests, testResults } = JSON.parse(readFileSync(file, "utf8"));
  const failed = testResults.flatMap(({ name, status, assertionResults }) => {
    const place = relative(root, name);
    const tests = assertionResults.filter((one) => one.status === "failed").map((one) => `${place}: ${one.fullName}`);
    // A file that cannot be loaded has no tests.
    return status === "failed" && tests.length === 0 ? [place] : tests;
  });
  return { passed: numPassedTests, failed };
}
