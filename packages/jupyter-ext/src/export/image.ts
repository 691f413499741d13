/** How much finer than the screen a saved picture is. */
const scale = 2;
/** Pixels along a side that every browser's canvas has. */
const mostPixels = 8_192;

/** An SVG as a PNG with twice the pixels of a screen. */
export async function toPng(svg: string): Promise<Blob> {
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
