/** Pixels in a millisecond, about a window in a second, beyond which a person looks for something and does not read. */
const fast = 1;

/** Milliseconds after which fast scrolling is over; the steps of a wheel are closer together. */
const pause = 120;

/** Milliseconds between two looks at what a scroll has brought near. */
const interval = 100;

const places = new WeakMap<Element, { readonly top: number; readonly time: number }>();
const callbacks = new Set<(goesOn: boolean) => void>();
let lastFast = -Infinity;
let distance = 0;
let lastTold = -Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Follows scrolling anywhere on the page: calls back now and then while it goes on, and when it has ended.
 *
 * @param callback is told whether this scroll was told of before; between two scrolls anything may have changed
 */
export function onScroll(callback: (goesOn: boolean) => void): void {
  if (callbacks.size === 0) document.addEventListener("scroll", scrolled, { capture: true, passive: true });
  callbacks.add(callback);
}

/** Whether pictures pass by too fast to be read. */
export const isScrolling = (): boolean => performance.now() - lastFast < pause;

/** Pixels that anything on the page was scrolled by since the first {@link onScroll}, there and back. */
export const scrolledSoFar = (): number => distance;

/** Resolves when nothing passes by any more; at once, in the same task, is up to the caller. */
export async function scrollEnd(): Promise<void> {
  while (isScrolling()) await new Promise((resolve) => setTimeout(resolve, pause + lastFast - performance.now()));
}

function scrolled({ target }: Event): void {
  const scroller = target instanceof Element ? target : document.scrollingElement;
  if (!scroller) return;
  const last = places.get(scroller);
  const [top, time] = [scroller.scrollTop, performance.now()];
  places.set(scroller, { top, time });
  // the first time that something is scrolled, it is not known from where
  distance += last ? Math.abs(top - last.top) : scroller.scrollHeight;
  if (last && Math.abs(top - last.top) > fast * (time - last.time)) lastFast = time;
  timer ??= setTimeout(tell, interval);
}

function tell(): void {
  timer = undefined;
  const goesOn = performance.now() - lastTold < 3 * interval;
  lastTold = performance.now();
  for (const callback of callbacks) callback(goesOn);
}
