/** A function that works out each thing once, for as long as the thing is kept. */
export function onceFor<Thing extends object, Result>(make: (thing: Thing) => Result): (thing: Thing) => Result {
  const made = new WeakMap<Thing, { readonly result: Result }>();
  return (thing) => {
    const found = made.get(thing) ?? { result: make(thing) };
    made.set(thing, found);
    return found.result;
  };
}
