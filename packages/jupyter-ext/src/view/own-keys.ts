/**
 * Keeps keys that are pressed inside an element from the notebook around it, whose shortcuts are single letters and arrows: without this, R on
 * a menu of colours would make the cell Raw. Whoever owns an element with controls calls this once; no control need think of it.
 *
 * With Ctrl, ⌘ or Alt keys are the application's wherever the focus is (save, palette, copy), as are Shift with Enter, which runs the cell,
 * the function keys, and Escape, which leads back to the cell unless something here has taken it.
 */
export function keepKeys(node: HTMLElement): void {
  node.addEventListener("keydown", (event) => {
    if (!isTheApplications(event)) event.stopPropagation();
  });
}

function isTheApplications({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey || (shiftKey && key === "Enter") || key === "Escape" || /^F\d/.test(key);
}
