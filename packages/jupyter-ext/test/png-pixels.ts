import { decode } from "fast-png";

/** The pixels of a picture as a data URL, [red, green, blue, opacity] each. */
export function pixelsOf(url: string): number[][] {
  const { data, palette = [] } = decode(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));
  return Array.from(data, (pixel) => [...(palette[pixel] ?? [])]);
}
