/** Runs all checks and tests and sums them up. */
import { existsSync } from "node:fs";
import { installBrowser } from "../setup/browser.mjs";
import { setUp } from "../setup/index.mjs";
import { findNode } from "../setup/node.mjs";
import { installOldestNode } from "../setup/npm.mjs";
import { oldestNode } from "../setup/places.mjs";
import { report } from "../setup/problem.mjs";
import { say } from "../setup/words.mjs";
import { runChecks } from "./checks.mjs";
import { runSuite } from "./vitest.mjs";

const help = say(
  `npm test                  set up what is missing; then types, lint, format, unused code, packages, and every test
npm test -- FILTER…       only tests in files whose path contains a FILTER, for example: npm test -- note/
npm run test:unit         only the tests of units, which need neither JupyterLab nor a browser; FILTER… as above
npm test -- --help        this text

The last line counts: N passed, N failed. A check counts as one test.`,
  `npm test                  安装缺少的部分;然后检查类型、代码规范、格式、未用代码、软件包,并运行所有测试
npm test -- 筛选词……      只运行路径中包含筛选词的测试文件,例如:npm test -- note/
npm run test:unit         只运行单元测试,不需要 JupyterLab 和浏览器;筛选词同上
npm test -- --help        显示本说明

最后一行是总数:N passed, N failed。每项检查算作一个测试。`,
);

/** Units, side by side. */
const unit = { name: "unit", projects: ["heed", "jupyterlab-heed"] };
/** What may differ between the versions of Node, on the oldest. */
const oldest = { name: "oldest-node", projects: ["oldest-node"] };
/** What needs the whole machine, one after the other. */
const whole = { name: "whole", projects: ["whole"] };

/**
 * @param {string[]} words of the command line
 * @returns {Promise<number>} the exit code
 */
export async function test(words) {
  if (words.includes("--help") || words.includes("-h")) {
    console.log(help);
    return 0;
  }
  const start = Date.now();
  const filters = words.filter((word) => word !== "--unit");
  const isUnit = filters.length < words.length;
  try {
    await Promise.all([setUp(), isUnit ? undefined : installBrowser()]);
    const node = await findNode();
    const results = words.length === 0 ? [await runChecks(node)] : [];
    results.push(await runSuite(node, unit, filters));
    if (!isUnit) {
      await installOldestNode();
      if (existsSync(oldestNode)) results.push(await runSuite(oldestNode, oldest, filters));
      results.push(await runSuite(node, whole, filters));
    }
    return summarise(results, Date.now() - start);
  } catch (error) {
    report(error);
    return 1;
  }
}

/** @typedef {{ passed: number, failed: string[] }} Result what passed, and what failed by name */

/**
 * @param {Result[]} results
 * @param {number} duration in ms
 */
function summarise(results, duration) {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.flatMap((result) => result.failed);
  const minutes = `${Math.floor(duration / 60_000)} min ${Math.round((duration % 60_000) / 1000)} s`;
  console.log(`\n${say("Everything took", "总用时")} ${minutes}`);
  for (const name of failed) console.log(`✗ ${name}`);
  if (passed + failed.length === 0) console.log(say("No test fits the filter.", "没有符合筛选条件的测试。"));
  console.log(`\n${passed} passed, ${failed.length} failed`);
  return failed.length === 0 && passed > 0 ? 0 : 1;
}
