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
