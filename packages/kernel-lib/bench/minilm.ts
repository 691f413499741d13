/** What every bench of MiniLM shares with peers/minilm.py: the files, the sizes, the ids. */
import { join } from "node:path";
import type { Tensor } from "heed";

export const folder: string = join(import.meta.dirname, "../../../models/all-MiniLM-L6-v2");

/** [batch, tokens] */
export const sizes = [
  [1, 16],
  [1, 128],
  [1, 512],
  [8, 128],
] as const;

/** The same ids as in peers/minilm.py. */
export const idsOf = (batch: number, length: number): Tensor<"int32"> => ({
  shape: [batch, length],
  dtype: "int32",
  data: Int32Array.from({ length: batch * length }, (_, i) => 1000 + ((i * 7919) % 20_000)),
});

/** Both ways must see the same attention, or their times mean nothing. */
export function checkSame(ours: Tensor | undefined, theirs: Tensor["data"]): void {
  let worst = ours ? 0 : Number.NaN;
  ours?.data.forEach((x, i) => (worst = Math.max(worst, Math.abs(x - (theirs[i] ?? Number.NaN)))));
  if (!(worst < 1e-4)) throw new Error(`bench: the attention of both ways differs by ${worst}`);
}
