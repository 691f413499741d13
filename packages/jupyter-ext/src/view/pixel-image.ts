let context: CanvasRenderingContext2D | null | undefined;

/**
 * Shows pixels in an image element; CSS makes it as large as it is wanted.
 *
 * Not in a canvas: a browser makes each canvas on the page a layer of its own, and what stands above it another one. With the
 * twelve thumbnails of each of a hundred notes, putting these layers together took most of a frame while a notebook was scrolled.
 */
export function showPixels(
  image: HTMLImageElement,
  pixels: Uint8ClampedArray<ArrayBuffer>,
  [rows, columns]: readonly [number, number],
): void {
  context ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!context || pixels.length === 0) return;
  context.canvas.width = columns;
  context.canvas.height = rows;
  context.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  image.src = context.canvas.toDataURL();
}

/** An image element for pixels: part of a picture that is described elsewhere. */
export function pixelImage(className: string): HTMLImageElement {
  const image = document.createElement("img");
  image.className = className;
  image.alt = "";
  image.draggable = false;
  // the pixels are there already: nothing is gained by showing them a frame later
  image.decoding = "sync";
  return image;
}
