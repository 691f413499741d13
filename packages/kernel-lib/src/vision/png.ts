import { decode, encode } from "fast-png";
import { checkPicture, type Picture } from "./picture.js";

/** A picture as a PNG file. */
export function encodePng(picture: Picture): Uint8Array {
  checkPicture("encodePng", picture);
  const { width, height, data } = picture;
  return encode({ width, height, data, channels: 3, depth: 8 });
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const mostPixels = 4096 * 4096;

/**
 * Reads a PNG file of any colour type. Transparent pixels are laid on white; 16-bit values lose their lower half.
 *
 * @throws TypeError for what is no PNG, SyntaxError for a broken one, RangeError for more than 4096 × 4096 pixels
 */
export function decodePng(bytes: Uint8Array): Picture {
  if (signature.some((byte, i) => bytes[i] !== byte))
    throw new TypeError("decodePng: expected a PNG file; its signature is missing");
  // the size stands at byte 16 of a whole header; it is looked at before anything is unpacked
  const header = bytes.length >= 24 ? new DataView(bytes.buffer, bytes.byteOffset, 24) : undefined;
  const [width = 0, height = 0] = header ? [header.getUint32(16), header.getUint32(20)] : [];
  if (width * height > mostPixels)
    throw new RangeError(`decodePng: expected at most 4096 × 4096 pixels; got ${width} × ${height}`);
  let image: ReturnType<typeof decode>;
  try {
    image = decode(bytes, { checkCrc: true });
  } catch (error) {
    throw new SyntaxError(`decodePng: the file is broken or cut off (${(error as Error).message})`, { cause: error });
  }
  return toPicture(image);
}

function toPicture({ width, height, data, depth, channels, palette }: ReturnType<typeof decode>): Picture {
  const pixels = new Uint8Array(width * height * 3);
  const highest = 2 ** depth - 1;
  const valueAt = sampleReader(data, depth, width, channels);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const samples = Array.from({ length: channels }, (_, channel) => valueAt(x, y, channel));
      const colour = palette ? (palette[samples[0] ?? 0] ?? [0, 0, 0]) : samples.map((sample) => (sample * 255) / highest);
      const grey = colour.length < 3;
      const opacity = (colour[grey ? 1 : 3] ?? 255) / 255;
      for (let channel = 0; channel < 3; channel += 1) {
        const value = colour[grey ? 0 : channel] ?? 0;
        pixels[(y * width + x) * 3 + channel] = Math.round(255 + (value - 255) * opacity);
      }
    }
  }
  return { width, height, data: pixels };
}

/** Samples of less than a byte lie packed, each row beginning at a byte of its own. */
function sampleReader(
  data: ArrayLike<number>,
  depth: number,
  width: number,
  channels: number,
): (x: number, y: number, channel: number) => number {
  if (depth >= 8) return (x, y, channel) => data[(y * width + x) * channels + channel] ?? 0;
  const perByte = 8 / depth;
  const rowBytes = Math.ceil((width * channels) / perByte);
  return (x, y, channel) => {
    const index = x * channels + channel;
    const byte = data[y * rowBytes + Math.floor(index / perByte)] ?? 0;
    return (byte >> (8 - depth * ((index % perByte) + 1))) & (2 ** depth - 1);
  };
}
