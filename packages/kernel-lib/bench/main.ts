/** Runs one bench module and prints its rows: `node main.ts MODULE [--json]`. Started by `npm run bench`. */
import { pathToFileURL } from "node:url";
import { Bench, type Row } from "./harness.ts";

const [file, ...flags] = process.argv.slice(2);
if (file === undefined) throw new TypeError("main: expected the path of a bench module");

const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const between = (quartiles: Row["peerQuartiles"]): string => (quartiles ? `(${quartiles.map(digits).join("–")})` : "");

function print(row: Row): void {
  if (flags.includes("--json")) return void console.log(JSON.stringify(row));
  const reference =
    row.peerName === null || row.peer === null
      ? ""
      : `   ${row.peerName} ${digits(row.peer)} ${row.unit} ${between(row.peerQuartiles)}`;
  const limit = row.limit === null ? "" : `   limit ${row.limit} ${row.unit}${row.missed ? "  MISSES THE LIMIT" : ""}`;
  const ratio = row.ratio === null ? "" : `   ×${row.ratio.toFixed(2)}`;
  const whose = { ours: "ours", peer: `${row.peerName}`, both: `ours and ${row.peerName}` };
  const unsteady =
    row.unsteady === null ? "" : `   UNSTEADY (${whose[row.unsteady]}), measured ${row.attempts} times: no ratio`;
  console.log(
    `${row.case.padEnd(52)} ${digits(row.ours)} ${row.unit} ${between(row.quartiles)}${reference}${limit}${ratio}${unsteady}`,
  );
}

const bench = new Bench(print);
try {
  const module = (await import(pathToFileURL(file).href)) as { default: (bench: Bench) => Promise<void> };
  await module.default(bench);
} finally {
  await bench.end();
}
