/**
 * What does not go through `process.stdout` and yet belongs beside the cell: the output of a child process that inherits the kernel's
 * (`stdio: "inherit"`), and what is written to the file descriptors 1 and 2.
 */
import { AsyncResource } from "node:async_hooks";
import childProcess from "node:child_process";
import fs from "node:fs";
import Module from "node:module";

/**
 * @typedef {"stdout" | "stderr"} Stream
 * @typedef {(name: Stream, chunk: string | Uint8Array) => void} Write
 */

/** @type {Readonly<Record<number, Stream>>} */
const streams = { 1: "stdout", 2: "stderr" };

/**
 * Which of the kernel's streams an entry of `stdio` means, if any.
 * @param {unknown} entry
 * @param {number} place
 */
function streamOf(entry, place) {
  if (entry === "inherit") return streams[place];
  if (entry === process.stdout) return "stdout";
  if (entry === process.stderr) return "stderr";
  return typeof entry === "number" ? streams[entry] : undefined;
}

/**
 * `stdio` with pipes where it named the kernel's streams, and those places.
 * @param {any} stdio
 */
function withPipes(stdio) {
  /** @type {unknown[]} */
  const entries = Array.isArray(stdio) ? [...stdio] : [stdio, stdio, stdio];
  /** @type {[place: number, name: Stream][]} */
  const redirected = [];
  for (const [place, entry] of entries.entries()) {
    const name = streamOf(entry, place);
    if (name === undefined) continue;
    entries[place] = "pipe";
    redirected.push([place, name]);
  }
  return { stdio: entries, redirected };
}

/** Children that run beside the kernel: `spawn`, `exec`, `execFile`, `fork`. @param {Write} write */
function redirectChildren(write) {
  const { prototype } = /** @type {any} */ (childProcess.ChildProcess);
  const { spawn } = prototype;
  prototype.spawn = function spawnRedirected(/** @type {any} */ options) {
    const { stdio, redirected } = withPipes(options.stdio);
    const result = spawn.call(this, redirected.length > 0 ? { ...options, stdio } : options);
    for (const [place, name] of redirected) {
      this.stdio[place]?.on(
        "data",
        AsyncResource.bind((/** @type {Uint8Array} */ chunk) => write(name, chunk)),
      );
      // As if it were inherited.
      this.stdio[place] = null;
      if (place < 3) this[["stdin", "stdout", "stderr"][place] ?? ""] = null;
    }
    return result;
  };
}

/** Children that the kernel waits for. @param {Write} write */
function redirectSyncChildren(write) {
  const { spawnSync } = childProcess;
  /** @type {(command: string, args: readonly string[], options: any) => any} */
  const spawnRedirected = (command, args, options) => {
    const { stdio, redirected } = withPipes(options.stdio);
    if (redirected.length === 0) return spawnSync(command, args, options);
    const result = /** @type {any} */ (spawnSync(command, args, { maxBuffer: Number.POSITIVE_INFINITY, ...options, stdio }));
    for (const [place, name] of redirected) {
      if (result.output?.[place]) write(name, result.output[place]);
      if (result.output) result.output[place] = null;
      if (place < 3) result[["stdin", "stdout", "stderr"][place] ?? ""] = null;
    }
    return result;
  };
  /** What `execSync` and `execFileSync` make of that.
   * @param {any} result
   * @param {any} options
   * @param {string} command
   */
  const outputOf = (result, options, command) => {
    if (options.stdio === undefined && result.stderr) write("stderr", result.stderr);
    if (result.error) throw Object.assign(result.error, result);
    if (result.status === 0) return result.stdout;
    const said = result.stderr?.length > 0 ? `\n${result.stderr}` : "";
    throw Object.assign(new Error(`Command failed: ${command}${said}`), result);
  };
  Object.assign(childProcess, {
    /** @param {string} command
     * @param {any[]} rest
     */
    spawnSync: (command, ...rest) => spawnRedirected(command, ...argumentsOf(rest)),
    /** @param {string} file
     * @param {any[]} rest
     */
    execFileSync: (file, ...rest) => {
      const [args, options] = argumentsOf(rest);
      return outputOf(spawnRedirected(file, args, options), options, [file, ...args].join(" "));
    },
    /** @param {string} command
     * @param {any} [options]
     */
    execSync: (command, options = {}) =>
      outputOf(spawnRedirected(command, [], { ...options, shell: options.shell || true }), options, command),
  });
}

/** @param {any[]} rest
 * @returns {[readonly string[], any]}
 */
const argumentsOf = ([first, second]) => (Array.isArray(first) ? [first, second ?? {}] : [[], first ?? second ?? {}]);

/** @param {unknown} target */
const nameOf = (target) =>
  typeof target === "number" ? streams[target] : /^\/dev\/(stdout|stderr)$/.exec(String(target))?.[1];
/**
 * The part of `data` that is meant, as the arguments of `fs.write` say it.
 * @param {any} data
 * @param {any} from
 * @param {any} length
 */
const partOf = (data, from, length) => {
  if (typeof data === "string") return data;
  const options = typeof from === "object" && from !== null ? from : { offset: from, length };
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const start = typeof options.offset === "number" ? options.offset : 0;
  return bytes.subarray(start, typeof options.length === "number" ? start + options.length : undefined);
};
/** @param {string | Uint8Array} part */
const sizeOf = (part) => Buffer.byteLength(part);

/** What is written to the descriptors themselves. @param {Write} write */
function redirectDescriptors(write) {
  const { writeSync, write: writeLater, writeFileSync, appendFileSync } = fs;
  Object.assign(fs, {
    /** @param {any} target
     * @param {any} data
     * @param {any[]} rest
     */
    writeSync: (target, data, ...rest) => {
      const name = /** @type {Stream | undefined} */ (nameOf(target));
      if (name === undefined) return writeSync(target, data, ...rest);
      const part = partOf(data, rest[0], rest[1]);
      write(name, part);
      return sizeOf(part);
    },
    /** @param {any} target
     * @param {any} data
     * @param {any[]} rest
     */
    write: (target, data, ...rest) => {
      const name = /** @type {Stream | undefined} */ (nameOf(target));
      const call = rest.at(-1);
      if (name === undefined || typeof call !== "function") return writeLater(target, data, .../** @type {[any]} */ (rest));
      const part = partOf(data, rest[0], rest[1]);
      write(name, part);
      process.nextTick(call, null, sizeOf(part), data);
    },
    ...Object.fromEntries(
      Object.entries({ writeFileSync, appendFileSync }).map(([key, original]) => [
        key,
        (/** @type {any} */ target, /** @type {any} */ data, /** @type {any} */ options) => {
          const name = /** @type {Stream | undefined} */ (nameOf(target));
          return name === undefined ? original(target, data, options) : write(name, data);
        },
      ]),
    ),
  });
}

/** @param {Write} write */
export function redirectInheritedOutput(write) {
  redirectChildren(write);
  redirectSyncChildren(write);
  redirectDescriptors(write);
  Module.syncBuiltinESMExports();
}
