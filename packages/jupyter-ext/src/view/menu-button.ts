import { exportIcon } from "../icons.js";
import { element } from "./element.js";
import type { Phrases } from "./options.js";

/** Opens the menu of what a figure can be copied and saved as. */
export class MenuButton {
  readonly node = element("button", "jp-HeedMenuButton");

  constructor(onOpen: (button: HTMLElement) => void) {
    this.node.type = "button";
    this.node.setAttribute("aria-haspopup", "menu");
    exportIcon.element({ container: this.node, height: "16px", width: "16px" });
    this.node.addEventListener("click", () => onOpen(this.node));
    // a double click here must not open the Markdown source of a written note
    this.node.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  write(phrases: Phrases): void {
    const label = phrases.__("Copy, save, print");
    this.node.title = label;
    this.node.setAttribute("aria-label", label);
  }
}
