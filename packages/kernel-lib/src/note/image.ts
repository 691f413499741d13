import { decodeBase64, isBase64 } from "./base64.js";
import { field, readChoice, readList, readObject, readString, readWhole } from "./check.js";
import { fail } from "./error.js";
import { limits } from "./limits.js";
import type { NoteImage } from "./schema.js";

/** A checked copy of an image whose grid has exactly `parts` parts and whose bytes are what its type says. */
export function readImage(value: unknown, path: string, parts: number): NoteImage {
  const image = readObject(value, path);
  const mediaType = readChoice(field(image, "mediaType"), `${path}.mediaType`, ["image/png", "image/jpeg"]);
  const data = readString(field(image, "data"), `${path}.data`, limits.image);
  if (!isBase64(data) || detectImage(data)?.mediaType !== mediaType) {
    fail(`${path}.data`, `expected the base64 of a ${mediaType} file`, `应为 ${mediaType} 文件的 base64`);
  }
  const sizes = readList(field(image, "grid"), `${path}.grid`, 2);
  const rows = readWhole(sizes[0], `${path}.grid[0]`, 1, limits.tokens);
  const columns = readWhole(sizes[1], `${path}.grid[1]`, 1, limits.tokens);
  if (rows * columns !== parts) {
    fail(
      `${path}.grid`,
      `expected rows × columns = ${parts}, the number of weights in a row; got ${rows} × ${columns} = ${rows * columns}`,
      `行 × 列应等于每行权重数 ${parts}，实际为 ${rows} × ${columns} = ${rows * columns}`,
    );
  }
  return {
    mediaType,
    data,
    width: readWhole(field(image, "width"), `${path}.width`, 1, limits.pixels),
    height: readWhole(field(image, "height"), `${path}.height`, 1, limits.pixels),
    grid: [rows, columns],
  };
}

/** What kind of image a base64 text begins, and its size in pixels where its header says so. */
export function detectImage(data: string): { mediaType: NoteImage["mediaType"]; width: number; height: number } | undefined {
  const bytes = decodeBase64(data, 0, Math.min(Math.floor((data.length * 3) / 4), 65_536));
  const view = new DataView(bytes.buffer);
  if (bytes.length >= 24 && view.getUint32(0) === 0x89504e47 && view.getUint32(12) === 0x49484452) {
    return { mediaType: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  // JPEG: walk the segments to the frame header (SOF0 … SOF15 without DHT, JPG and DAC)
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { mediaType: "image/jpeg", height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
  }
  return undefined;
}
