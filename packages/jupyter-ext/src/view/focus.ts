/**
 * Changes controls, and keeps the focus among them: it would fall to the page, and with it the place of whoever uses the keyboard, where the
 * control that has it is hidden, disabled or taken away.
 *
 * @param node what the controls are in
 * @param others where the focus goes then: the first that can take it
 */
export function keepFocus(node: HTMLElement, change: () => void, others: () => Iterable<HTMLElement>): void {
  const focused = document.activeElement;
  const isHere = focused instanceof HTMLElement && node.contains(focused);
  change();
  if (!isHere || canHaveFocus(focused)) return;
  for (const other of others()) if (canHaveFocus(other)) return other.focus({ preventScroll: true });
}

function canHaveFocus(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(":disabled") && element.closest("[hidden]") === null;
}
