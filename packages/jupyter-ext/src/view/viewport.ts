import { onScroll, scrolledSoFar } from "./scrolling.js";

/** Where an element is: in or about to come into sight; so close that fast scrolling soon reaches it; or neither. */
export type Nearness = "near" | "ahead" | "far";

/** How far outside the viewport a figure is made ready, in pixels. */
const margin = 400;

/** How far outside browsers paint what a fast scroll is heading for: what changes there later is painted twice. */
const paintedAhead = 2500;

interface Watched {
  readonly tell: (nearness: Nearness) => void;
  nearness?: Nearness;
  /** Pixels that must be scrolled at least before anything becomes of it; what is above it may shrink meanwhile. */
  idleUntil: number;
}

const watched = new Map<Element, Watched>();
let observer: IntersectionObserver | undefined;

/** Tells when an element comes near the viewport and when it leaves. One observer serves all figures. */
export function watchViewport(element: Element, tell: (nearness: Nearness) => void): void {
  observer ??= observe();
  watched.set(element, { tell, idleUntil: 0 });
  observer.observe(element);
}

/** Whether an element is within some pixels of the viewport now, for one that cannot wait to be told; within 0, it is in sight. */
export const isNearViewport = (element: Element, pixels: number = margin): boolean => distanceOf(element) <= pixels;

export function unwatchViewport(element: Element): void {
  watched.delete(element);
  observer?.unobserve(element);
}

/** Pixels between an element and the viewport; infinite where it is not laid out. */
function distanceOf(element: Element): number {
  // asking for the place of what the browser skips would make it lay that out
  if (!element.isConnected || !(element.checkVisibility?.({ contentVisibilityAuto: true }) ?? true)) return Infinity;
  const { top, bottom, width } = element.getBoundingClientRect();
  return width > 0 ? Math.max(0, -bottom, top - window.innerHeight) : Infinity;
}

function observe(): IntersectionObserver {
  // An observer's margin ends where JupyterLab contains what it paints, so it does not see what is about to come into sight.
  // Moreover, JupyterLab holds back what observers report while a notebook is scrolled, and forgets all but the last of it.
  onScroll((goesOn) => {
    const scrolled = scrolledSoFar();
    for (const [element, { idleUntil }] of watched) if (!goesOn || idleUntil <= scrolled) look(element);
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
  if (!found) return;
  const distance = distanceOf(element);
  // half of the way, because what lies between may become lower
  found.idleUntil = distance === Infinity ? 0 : scrolledSoFar() + Math.max(0, distance - paintedAhead) / 2;
  const nearness = distance <= margin ? "near" : distance <= paintedAhead ? "ahead" : "far";
  if (nearness === found.nearness) return;
  found.nearness = nearness;
  found.tell(nearness);
}
