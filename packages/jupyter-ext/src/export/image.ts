import type { Phrases } from "../view/options.js";

/** How much finer than the screen a saved picture is. */
const scale = 2;
/** Pixels along a side that every browser's canvas has. */
const mostPixels = 8_192;

/** An SVG as a PNG with twice the pixels of a screen. Throws where the browser would put noise in place of the picture. */
export async function toPng(svg: string, phrases: Phrases): Promise<Blob> {
  if (!givesPixelsBack())
    throw new Error(
      phrases.__(
        "This browser protects you from being recognised: it gives noise in place of what a page has painted (privacy.resistFingerprinting). Allow this page to read canvases, or save the figure as SVG.",
      ),
    );
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const fine = Math.min(scale, mostPixels / Math.max(image.width, image.height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * fine));
  canvas.height = Math.max(1, Math.round(image.height * fine));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("toPng: the browser made no picture"))), "image/png");
  });
}

/** Whether pixels that a canvas is read for are those that were painted: three that are known. */
function givesPixelsBack(): boolean {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return false;
  return ["#123456", "#fedcba", "#808182"].every((colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return colour === `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  });
}
