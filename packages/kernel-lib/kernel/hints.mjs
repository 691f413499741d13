/** What to write instead of a habit from other kernels; told beside the error of a cell that begins so. */

/** @type {readonly [pattern: RegExp, hint: (match: RegExpExecArray) => string][]} */
const habits = [
  [/^%%?time(it)?\b/, () => 'console.time("cell"); …; console.timeEnd("cell")'],
  [/^%%(bash|sh|script)\b/, () => 'import { execSync } from "node:child_process"; execSync("…", { stdio: "inherit" })'],
  [
    /^[!%](npm|yarn|pnpm|pip)\s+(.*)/,
    ([, program, rest]) =>
      `import { execSync } from "node:child_process"; execSync(${JSON.stringify(`${program === "pip" ? "npm" : program} ${rest}`)}, { stdio: "inherit" })`,
  ],
  [
    /^!\s*([a-z][\w./-]*(?:\s.*)?)$/,
    ([, command]) =>
      `import { execSync } from "node:child_process"; execSync(${JSON.stringify(command)}, { stdio: "inherit" })`,
  ],
  [/^%(cd|pwd)\b/, ([, name]) => (name === "cd" ? "process.chdir(…)" : "process.cwd()")],
  [/^%(load_ext|matplotlib|autoreload|config|env)\b/, () => "nothing: this kernel has no extensions of that kind"],
  [/^\?\s*([\w.]+)$|^([\w.]+)\?{1,2}$/, () => "the name alone, the cursor on it, and press Shift+Tab"],
  [/^%%?\w+/, () => "TypeScript: magics are IPython's own"],
];

/**
 * The hint for a cell that could not be compiled; undefined where it does not look like one for another kernel.
 * @param {string} source
 */
export function hintFor(source) {
  const line =
    source
      .split("\n")
      .find((one) => one.trim() !== "")
      ?.trim() ?? "";
  for (const [pattern, hint] of habits) {
    const match = pattern.exec(line);
    if (match) return `${line} is not TypeScript. Write instead: ${hint(match)}`;
  }
  return undefined;
}
