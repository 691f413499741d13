import { detectImage, limits, type NoteImage } from "../note/index.js";
import { count, readText, type Reading } from "./read.js";
import type { Written } from "./source.js";

/** The image inside the note: a data URL, because a note fetches nothing. */
export function readImage(reading: Reading, size: { readonly columns: number }): NoteImage | undefined {
  const { problems, get } = reading;
  const written = get("image");
  const grid = get("grid");
  if (!written) {
    if (grid)
      problems.report(
        "missing-field",
        grid.span,
        "grid divides an image; give image too",
        "grid 用于划分图像，请同时给出 image",
      );
    return undefined;
  }
  const url = readText(written, problems, limits.image);
  if (url === undefined) return undefined;
  const [, declared, data = ""] = /^data:(image\/(?:png|jpeg));base64,([A-Za-z0-9+/]+={0,2})$/.exec(url) ?? [];
  const image = data.length % 4 === 0 ? detectImage(data) : undefined;
  const start = { start: written.span.start, end: Math.min(written.span.end, written.span.start + 40) };
  if (declared === undefined || image?.mediaType !== declared) {
    return problems.report(
      "wrong-value",
      start,
      "expected an image inside the note, data:image/png;base64,… or data:image/jpeg;base64,…; a note fetches nothing",
      "应为笔记内的图像 data:image/png;base64,… 或 data:image/jpeg;base64,…；笔记不会下载任何东西",
    );
  }
  const biggest = Math.max(image.width, image.height);
  if (biggest > limits.pixels || biggest === 0) {
    return problems.report(
      "too-large",
      start,
      `an image has at most ${limits.pixels} pixels a side`,
      `图像每边最多 ${limits.pixels} 像素`,
    );
  }
  const parts = readGrid(reading, grid, written);
  if (!parts) return undefined;
  const [rows, columns] = parts;
  if (rows * columns === size.columns) return { ...image, data, grid: parts };
  return problems.report(
    "wrong-size",
    grid?.span ?? written.span,
    `the grid has ${rows} × ${columns} = ${rows * columns} parts; a row has ${count(size.columns, "weight")}`,
    `网格有 ${rows} × ${columns} = ${rows * columns} 个部分；每行有 ${size.columns} 个权重`,
  );
}

/** `[2, 3]`, `2 x 3`, or one number for both. */
function readGrid({ problems }: Reading, written: Written | undefined, image: Written): readonly [number, number] | undefined {
  if (!written) {
    return problems.report(
      "missing-field",
      { start: image.span.start, end: image.span.start + 5 },
      "an image needs grid: [rows, columns] of its parts",
      "图像需要 grid: [行数, 列数] 来说明如何划分",
    );
  }
  const words =
    written.kind === "list"
      ? written.items.map((item) => (item.kind === "scalar" ? item.source : ""))
      : written.kind === "scalar"
        ? written.source.split(/\s*[x×]\s*/)
        : [];
  const sizes = words.map((word) => (/^\d{1,5}$/.test(word) ? Number(word) : 0));
  const [rows = 0, columns = rows] = sizes;
  if (sizes.length <= 2 && rows > 0 && columns > 0) return [rows, columns];
  return problems.report(
    "wrong-value",
    written.span,
    "expected [rows, columns], such as [7, 7]",
    "应为 [行数, 列数]，例如 [7, 7]",
  );
}
