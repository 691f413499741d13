import type { Span } from "./diagnostic.js";
import { count, readChoice, readRows, readVector, type Reading } from "./read.js";
import type { Matrix, WrittenScore } from "./written-note.js";

/** Widths of query and keys, and where they were written. */
export interface ScoreWidths {
  readonly query: number;
  readonly keys: number;
  readonly querySpan: Span;
  readonly keysSpan: Span;
}

const names = ["dot", "scaled", "general", "concat", "additive", "cosine"] as const;

/** The parameters of each score; those after the bar may be left out. */
const parameters: Readonly<
  Record<(typeof names)[number], { readonly needs: readonly string[]; readonly takes: readonly string[] }>
> = {
  dot: { needs: [], takes: [] },
  scaled: { needs: [], takes: [] },
  cosine: { needs: [], takes: [] },
  general: { needs: ["W"], takes: ["W"] },
  concat: { needs: ["W", "v"], takes: ["W", "v"] },
  additive: { needs: ["W", "U", "v"], takes: ["W", "U", "v", "b"] },
};

/** The score function and its parameters, whose sizes fit the vectors; `scaled` where none is named. */
export function readScore(reading: Reading, widths: ScoreWidths): WrittenScore | undefined {
  const { problems, get } = reading;
  const written = get("score");
  const kind = written ? readChoice(written, names, problems) : "scaled";
  if (kind === undefined || !checkParameters(reading, kind, written?.span ?? widths.querySpan)) return undefined;
  const [Dq, Dk] = [widths.query, widths.keys];
  switch (kind) {
    case "dot":
    case "scaled":
    case "cosine":
      if (Dq === Dk) return { kind };
      return problems.report(
        "wrong-size",
        widths.keysSpan,
        `keys have width ${Dk}, queries ${Dq}; score ${kind} needs the same (general, concat and additive do not)`,
        `键的宽度为 ${Dk}，查询为 ${Dq}；评分 ${kind} 要求相同（general、concat、additive 不要求）`,
      );
    case "general": {
      const W = readMatrix(reading, "W", Dq, Dk);
      return W && { kind, W };
    }
    case "concat": {
      const v = readParameter(reading, "v");
      const W = v && readMatrix(reading, "W", v.length, Dq + Dk);
      return W && { kind, W, v };
    }
    case "additive": {
      const v = readParameter(reading, "v");
      const W = v && readMatrix(reading, "W", v.length, Dq);
      const U = v && readMatrix(reading, "U", v.length, Dk);
      const b = get("b") ? readParameter(reading, "b", v?.length) : undefined;
      return v && W && U && { kind, W, U, v, ...(b && { b }) };
    }
  }
}

function checkParameters({ problems, get }: Reading, kind: (typeof names)[number], span: Span): boolean {
  const { needs, takes } = parameters[kind];
  const before = problems.count;
  for (const name of needs) {
    if (!get(name)) problems.report("missing-field", span, `score ${kind} needs ${name}`, `评分 ${kind} 需要 ${name}`);
  }
  for (const name of ["W", "U", "v", "b"]) {
    const written = get(name);
    if (!written || takes.includes(name)) continue;
    const kinds = names.filter((each) => parameters[each].takes.includes(name)).join(", ");
    problems.report(
      "misplaced-field",
      written.span,
      `score ${kind} has no ${name}; ${kinds} has`,
      `评分 ${kind} 没有 ${name}；${kinds} 才有`,
    );
  }
  return problems.count === before;
}

function readMatrix({ problems, get }: Reading, name: string, rows: number, columns: number): Matrix | undefined {
  const written = get(name);
  const matrix = written && readRows(written, problems);
  if (!matrix) return undefined;
  const [gotRows, gotColumns] = [matrix.rows.length, matrix.rows[0]?.length ?? 0];
  if (gotRows === rows && gotColumns === columns) return matrix.rows;
  const isTransposed = gotRows === columns && gotColumns === rows;
  return problems.report(
    "wrong-size",
    matrix.span,
    `${name} is ${gotRows} × ${gotColumns}; it must be ${rows} × ${columns}${isTransposed ? ", its transpose" : ""}`,
    `${name} 为 ${gotRows} × ${gotColumns}；应为 ${rows} × ${columns}${isTransposed ? "，即其转置" : ""}`,
  );
}

function readParameter({ problems, get }: Reading, name: string, size?: number): readonly number[] | undefined {
  const written = get(name);
  const vector = written && readVector(written, problems);
  if (!written || !vector || size === undefined || vector.length === size) return vector;
  return problems.report(
    "wrong-size",
    written.span,
    `${name} has ${count(vector.length, "number")}; v has ${size}`,
    `${name} 有 ${vector.length} 个数；v 有 ${size} 个`,
  );
}
