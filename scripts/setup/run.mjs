/** Runs programs without a shell, so that spaces and Chinese characters in paths need no quoting. */
import { spawn } from "node:child_process";
import { root } from "./places.mjs";
import { diagnose } from "./problem.mjs";

/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} RunOptions */

/**
 * Runs a program to its end and returns its exit code and everything it printed.
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function attempt(program, args, { cwd = root, env = process.env, onLine } = {}) {
  return new Promise((settle) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    let output = "";
    /** @param {string} text */
    const take = (text) => {
      output += text;
      const line = text
        .trimEnd()
        .split(/[\r\n]/)
        .at(-1)
        ?.trim();
      if (line) onLine?.(line);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", (error) => settle({ code: 127, output: output + error.message }));
    child.on("close", (code) => settle({ code: code ?? 1, output }));
  });
}

/**
 * Runs a program that must succeed; otherwise throws the problem with its cure.
 * @param {string} what the step it belongs to, for the message
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export async function run(what, program, args, options) {
  const { code, output } = await attempt(program, args, options);
  if (code !== 0) throw diagnose(what, output);
  return output;
}
