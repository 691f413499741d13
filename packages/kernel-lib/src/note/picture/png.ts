import { encodeBase64 } from "../base64.js";

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * A PNG with a palette as base64: the pictures have up to 32,768 cells, and as vector elements they would be six times as large.
 * Up to fifteen colours take four bits a pixel, up to 255 eight. Pixels are not compressed, which needs no library and costs little
 * at this size.
 *
 * @param pixels - palette positions, row by row; position `palette.length` is transparent
 */
export function encodePng(width: number, height: number, pixels: Uint8Array, palette: readonly string[]): string {
  const colors = [...palette, "#000000"].flatMap((color) =>
    [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)),
  );
  const alphas = [...palette.map(() => 255), 0];
  const bits = palette.length < 16 ? 4 : 8;
  const rowBytes = 1 + Math.ceil((width * bits) / 8);
  const rows = new Uint8Array(height * rowBytes);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = pixels[y * width + x] ?? 0;
      const at = y * rowBytes + 1 + (bits === 8 ? x : x >> 1);
      rows[at] = (rows[at] ?? 0) | (bits === 4 && x % 2 === 0 ? pixel << 4 : pixel);
    }
  }
  return encodeBase64(
    Uint8Array.from([
      ...signature,
      ...chunk("IHDR", [...bigEndian(width), ...bigEndian(height), bits, 3, 0, 0, 0]),
      ...chunk("PLTE", colors),
      ...chunk("tRNS", alphas),
      ...chunk("IDAT", [...zlib(rows)]),
      ...chunk("IEND", []),
    ]),
  );
}

function chunk(type: string, data: readonly number[]): number[] {
  const body = [...type].map((letter) => letter.charCodeAt(0)).concat(data);
  let crc = 0xffffffff;
  for (const byte of body) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 255] ?? 0);
  return [...bigEndian(data.length), ...body, ...bigEndian((crc ^ 0xffffffff) >>> 0)];
}

/** The zlib format with stored blocks (RFC 1950, RFC 1951 §3.2.4). */
function* zlib(bytes: Uint8Array): Generator<number> {
  const most = 65_535;
  yield 0x78;
  yield 0x01;
  for (let start = 0; start < bytes.length; start += most) {
    const block = bytes.subarray(start, start + most);
    yield start + most >= bytes.length ? 1 : 0;
    yield block.length & 255;
    yield block.length >> 8;
    yield ~block.length & 255;
    yield (~block.length >> 8) & 255;
    yield* block;
  }
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  yield* bigEndian(((b << 16) | a) >>> 0);
}

const bigEndian = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
