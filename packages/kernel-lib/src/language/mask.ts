import { nearest } from "../checks/nearest.js";
import { count, quote, readWhole, thereAre, type Reading } from "./read.js";
import type { Written, WrittenMap } from "./source.js";
import type { Matrix } from "./written-note.js";

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Which key each query may look at, [Q, K]: `causal`, a matrix of 0 and 1, one row of them for every query, `lengths: n` for keys that
 * are no padding, or several of these at once.
 */
export function readMask(reading: Reading, size: Size): Matrix | undefined {
  const written = reading.get("mask");
  if (!written) return undefined;
  if (written.kind === "map") return readConditions(reading, written, size);
  if (written.kind === "list") return readAllowed(reading, written, size);
  if (written.source === "causal") return causal(size);
  const near = nearest(written.source, ["causal"]);
  const got = quote(written);
  return reading.problems.report(
    "wrong-value",
    written.span,
    `expected causal, rows of 0 and 1, or { lengths: n }; got ${got.en}${near === undefined ? "" : `. Did you mean ${near}?`}`,
    `应为 causal、由 0 和 1 组成的行，或 { lengths: n }，实际为${got.chinese}${near === undefined ? "" : `。是否想写 ${near}？`}`,
  );
}

function readConditions(reading: Reading, { entries }: WrittenMap, size: Size): Matrix | undefined {
  const { problems } = reading;
  const masks = entries.map(({ key, value }) => {
    switch (key.source) {
      case "causal":
        if (value.kind === "scalar" && typeof value.value === "boolean") return value.value ? causal(size) : everything(size);
        return problems.report("wrong-type", value.span, "expected true or false", "应为 true 或 false");
      case "lengths": {
        const length = readWhole(value, 0, size.columns, problems);
        return length === undefined ? undefined : fill(size, (_, column) => column < length);
      }
      case "keep":
      case "allowed":
        return readAllowed(reading, value, size);
      default:
        return problems.report(
          "unknown-field",
          key.span,
          `a mask has causal, lengths, keep and allowed; got ${key.source}`,
          `掩码可有 causal、lengths、keep、allowed，实际为 ${key.source}`,
        );
    }
  });
  return masks.reduce<Matrix | undefined>(
    (both, mask) => both && mask && both.map((row, i) => row.map((bit, j) => bit & (mask[i]?.[j] ?? 0))),
    everything(size),
  );
}

function readAllowed({ problems }: Reading, written: Written, size: Size): Matrix | undefined {
  const isMatrix = written.kind === "list" && written.items[0]?.kind === "list";
  const rows = isMatrix ? written.items : [written];
  if (isMatrix && rows.length !== size.rows) {
    return problems.report(
      "wrong-size",
      written.span,
      `the mask has ${count(rows.length, "row")}; ${thereAre(size.rows, "query")}`,
      `掩码有 ${rows.length} 行；查询有 ${size.rows} 个`,
    );
  }
  const bits = rows.map((row, i) => {
    if (row.kind !== "list" || row.items.length !== size.columns) {
      const length = row.kind === "list" ? row.items.length : 1;
      return problems.report(
        "wrong-size",
        row.span,
        `row ${i + 1} of the mask has ${length}; ${thereAre(size.columns, "key")}`,
        `掩码第 ${i + 1} 行有 ${length} 个；键有 ${size.columns} 个`,
      );
    }
    return row.items.map((item) => readBit(problems, item) ?? 0);
  });
  const [only] = bits;
  if (bits.includes(undefined) || only === undefined) return undefined;
  return isMatrix ? (bits as number[][]) : fill(size, (_, column) => only[column] === 1);
}

function readBit(problems: Reading["problems"], item: Written): number | undefined {
  const value = item.kind === "scalar" ? item.value : undefined;
  if (value === 1 || value === true) return 1;
  if (value === 0 || value === false) return 0;
  return problems.report("wrong-type", item.span, "expected 1 (may look) or 0 (may not)", "应为 1（可看）或 0（不可看）");
}

const causal = (size: Size): Matrix => fill(size, (row, column) => column <= row);
const everything = (size: Size): Matrix => fill(size, () => true);

function fill({ rows, columns }: Size, isAllowed: (row: number, column: number) => boolean): Matrix {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => Number(isAllowed(row, column))),
  );
}
