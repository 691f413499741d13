/**
 * From the page's client coordinates, in which pointers and boxes are told, to an element's own pixels, in which its content is laid out.
 * They differ where something around the element is scaled: JupyterLab zooms its panels, slides are fitted to a screen. Whatever asks
 * where a pointer is on a picture asks here.
 */

/** A place on an element, in its own pixels from its top left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A box on an element, in its own pixels from its top left corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Client pixels of one of an element's own, across and down. */
export function clientScale(element: HTMLElement, bounds: DOMRect = element.getBoundingClientRect()): Place {
  const zoom = element.currentCSSZoom ?? 1;
  return { x: ratio(bounds.width, element.offsetWidth, zoom), y: ratio(bounds.height, element.offsetHeight, zoom) };
}

/** Sizes are told in whole pixels: where the zoom explains the ratio as far as they tell, it is the ratio. */
function ratio(seen: number, own: number, zoom: number): number {
  if (own === 0 || seen === 0) return zoom;
  return Math.abs(seen / zoom - own) <= 0.5 ? zoom : seen / own;
}

/** Where a pointer is on an element. */
export function placeOn(element: HTMLElement, { clientX, clientY }: Pick<MouseEvent, "clientX" | "clientY">): Place {
  const bounds = element.getBoundingClientRect();
  const scale = clientScale(element, bounds);
  return { x: (clientX - bounds.left) / scale.x, y: (clientY - bounds.top) / scale.y };
}

/** Where a box of the page is on an element. */
export function boxOn(element: HTMLElement, { left, top, width, height }: Box): Box {
  const bounds = element.getBoundingClientRect();
  const { x, y } = clientScale(element, bounds);
  return { left: (left - bounds.left) / x, top: (top - bounds.top) / y, width: width / x, height: height / y };
}

/** Pixels of a screen in one of the page beyond which nothing more is seen, and painting takes long. */
const finest = 4;

/** Pixels of the screen in one of an element's own: what a canvas in it needs to be sharp, whatever is zoomed. */
export function screenDensity(element: HTMLElement): number {
  return Math.min(finest, (window.devicePixelRatio || 1) * clientScale(element).x);
}

/** Calls back when the page is shown on a screen of other pixels, or zoomed: what is painted by pixels is then painted anew. */
export function onDensityChange(callback: () => void): void {
  const screen = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  const change = (): void => {
    callback();
    onDensityChange(callback);
  };
  screen.addEventListener("change", change, { once: true });
}
