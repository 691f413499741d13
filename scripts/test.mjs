/** npm test [-- FILTER…]: sets up what is missing, then runs every check and every test, the browser's included. */
import { requireNode } from "./setup/first.mjs";

requireNode();
const { test } = await import("./testing/test.mjs");
process.exitCode = await test(process.argv.slice(2));
