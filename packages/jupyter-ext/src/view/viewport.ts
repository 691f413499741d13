/** How far outside the viewport a figure is made ready, in pixels. */
const margin = 400;

type Listener = (near: boolean) => void;

const listeners = new WeakMap<Element, Listener>();
let observer: IntersectionObserver | undefined;

/** Tells when an element comes near the viewport and when it leaves. One observer serves all figures. */
export function watchViewport(element: Element, listener: Listener): void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) listeners.get(entry.target)?.(entry.isIntersecting);
    },
    { rootMargin: `${margin}px` },
  );
  listeners.set(element, listener);
  observer.observe(element);
}

/** Whether an element is near the viewport now, for one that cannot wait a frame to be told. */
export function isNearViewport(element: Element): boolean {
  const { top, bottom, width } = element.getBoundingClientRect();
  return width > 0 && bottom >= -margin && top <= window.innerHeight + margin;
}

export function unwatchViewport(element: Element): void {
  listeners.delete(element);
  observer?.unobserve(element);
}
