import { onScroll } from "./scrolling.js";

/** How far outside the viewport a figure is made ready, in pixels. */
const margin = 400;

interface Watched {
  readonly tell: (near: boolean) => void;
  near?: boolean;
}

const watched = new Map<Element, Watched>();
let observer: IntersectionObserver | undefined;

/** Tells when an element comes near the viewport and when it leaves. One observer serves all figures. */
export function watchViewport(element: Element, tell: (near: boolean) => void): void {
  observer ??= observe();
  watched.set(element, { tell });
  observer.observe(element);
}

/** Whether an element is within some pixels of the viewport now, for one that cannot wait to be told; within 0, it is in sight. */
export function isNearViewport(element: Element, pixels: number = margin): boolean {
  // asking for the place of what the browser skips would make it lay that out
  if (!element.isConnected || !(element.checkVisibility?.({ contentVisibilityAuto: true }) ?? true)) return false;
  const { top, bottom, width } = element.getBoundingClientRect();
  return width > 0 && bottom >= -pixels && top <= window.innerHeight + pixels;
}

export function unwatchViewport(element: Element): void {
  watched.delete(element);
  observer?.unobserve(element);
}

function observe(): IntersectionObserver {
  // An observer's margin ends where JupyterLab contains what it paints, so it does not see what is about to come into sight.
  // Moreover, JupyterLab holds back what observers report while a notebook is scrolled, and forgets all but the last of it.
  onScroll(() => {
    for (const element of watched.keys()) look(element);
  });
  return new IntersectionObserver(
    (entries) => {
      for (const { target } of entries) look(target);
    },
    { rootMargin: `${margin}px` },
  );
}

/** Tells what has become of an element, if anything. */
function look(element: Element): void {
  const found = watched.get(element);
  const near = isNearViewport(element);
  if (!found || near === found.near) return;
  found.near = near;
  found.tell(near);
}
