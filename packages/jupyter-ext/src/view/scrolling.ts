/** Pixels in a millisecond, about a window in a second, beyond which a person looks for something and does not read. */
const fast = 1;

/** Milliseconds after which fast scrolling is over; the steps of a wheel are closer together. */
const pause = 120;

/** Milliseconds between two looks at what a scroll has brought near. */
const interval = 100;

const places = new WeakMap<Element, { readonly top: number; readonly time: number }>();
const callbacks = new Set<() => void>();
let lastFast = -Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Follows scrolling anywhere on the page: calls back now and then while it goes on, and when it has ended. */
export function onScroll(callback: () => void): void {
  if (callbacks.size === 0) document.addEventListener("scroll", scrolled, { capture: true, passive: true });
  callbacks.add(callback);
}

/** Whether pictures pass by too fast to be read. */
export const isScrolling = (): boolean => performance.now() - lastFast < pause;

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
  if (last && Math.abs(top - last.top) > fast * (time - last.time)) lastFast = time;
  timer ??= setTimeout(tell, interval);
}

function tell(): void {
  timer = undefined;
  for (const callback of callbacks) callback();
}
