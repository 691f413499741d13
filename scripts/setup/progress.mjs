/**
 * One line for each step: what is done, how far it is, how long it took.
 *
 * In a terminal the last line shows every step under way; elsewhere (a log) a step says so when it starts, then every 15 seconds.
 */
import { say } from "./words.mjs";

const live = process.stderr.isTTY === true && !process.env["CI"];
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const refresh = live ? 100 : 15_000;

/** @type {Map<string, { start: number; detail: string }>} */
const underWay = new Map();
/** @type {NodeJS.Timeout | undefined} */
let timer;
let frame = 0;

/** @param {number} start */
const since = (start) => `${((Date.now() - start) / 1000).toFixed(1)} s`;

function draw() {
  if (live) {
    frame = (frame + 1) % frames.length;
    const parts = [...underWay].map(([name, { start, detail }]) => `${name} ${since(start)}${detail && ` · ${detail}`}`);
    const room = (process.stderr.columns || 80) - 4;
    process.stderr.write(`\r\u001b[K${frames[frame]} ${clip(parts.join("   "), room)}`);
  } else {
    for (const [name, { start, detail }] of underWay)
      console.error(`… ${name} ${since(start)}${detail && ` · ${clip(detail, 100)}`}`);
  }
}

/** Cuts a line to a width in terminal columns; Chinese characters take two.
 * @param {string} text
 * @param {number} width
 */
function clip(text, width) {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += /[\u1100-\u{1ffff}]/u.test(character) && !/[⠀-⣿…·]/u.test(character) ? 2 : 1;
    if (used > width) return `${text.slice(0, end)}…`;
    end += character.length;
  }
  return text;
}

/** @param {string} line */
function print(line) {
  if (live) process.stderr.write("\r\u001b[K");
  console.error(line);
}

/**
 * Runs one step and prints what became of it.
 * @template Result
 * @param {string} name
 * @param {(detail: (text: string) => void) => Promise<Result>} work is given a function that says how far it is
 * @returns {Promise<Result>}
 */
export async function step(name, work) {
  const start = Date.now();
  const state = { start, detail: "" };
  if (!live) console.error(`… ${name}`);
  underWay.set(name, state);
  timer ??= setInterval(draw, refresh);
  try {
    const result = await work((text) => void (state.detail = text));
    print(`✓ ${name} (${since(start)})`);
    return result;
  } catch (error) {
    print(`✗ ${name} (${since(start)}, ${say("failed", "失败")})`);
    throw error;
  } finally {
    underWay.delete(name);
    if (underWay.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }
}
