/**
 * The process that reads hostile files: takes { reader, path } and answers what came of it, with the processor's time it took and every
 * file that was opened. Its argument is the bundle of readers.ts.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { pathToFileURL } from "node:url";

const opened = new Set();
// Before anything imports them: every way in which a file is opened for reading.
for (const [holder, names] of [
  [fs.promises, ["open", "readFile"]],
  [fs, ["open", "openSync", "readFile", "readFileSync", "createReadStream"]],
]) {
  for (const name of names) {
    const original = holder[name];
    holder[name] = (path, ...rest) => {
      if (typeof path === "string") opened.add(fs.existsSync(path) ? fs.realpathSync(path) : path);
      return original.call(holder, path, ...rest);
    };
  }
}
syncBuiltinESMExports();
const { readers } = await import(pathToFileURL(process.argv[2] ?? "").href);
opened.clear();

process.on("message", async ({ reader, path }) => {
  const before = process.cpuUsage();
  opened.clear();
  let error;
  try {
    await readers[reader](path);
  } catch (thrown) {
    error =
      thrown instanceof Error
        ? { name: thrown.name, message: thrown.message, stack: thrown.stack }
        : { name: "no Error", message: String(thrown) };
  }
  const { user, system } = process.cpuUsage(before);
  process.send({ error, seconds: (user + system) / 1e6, opened: [...opened], gigabytes: process.resourceUsage().maxRSS / 1e6 });
});
process.send("ready");
