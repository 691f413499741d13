import { element } from "../view/element.js";
import type { Phrases } from "../view/options.js";
import { parseGuess } from "./guess.js";
import { written } from "./parts.js";

/** A guess this near counts as right. */
const near = 0.02;

let count = 0;

/** Asks for the weight of a cell; once it was guessed, shows the guess beside the weight. */
export class GuessForm {
  readonly node: HTMLElement;

  constructor(weight: number, guess: number | undefined, phrases: Phrases, onGuess: (value: number) => void) {
    this.node = guess === undefined ? askFor(phrases, onGuess) : answer(weight, guess, phrases);
  }
}

function askFor(phrases: Phrases, onGuess: (value: number) => void): HTMLElement {
  const id = `jp-heed-guess-${++count}`;
  const form = element("form", "jp-HeedGuess");
  const label = element("label", "", phrases.__("Your guess of the weight, from 0 to 1:"));
  const input = element("input", "jp-HeedField");
  const button = element("button", "jp-HeedButton", phrases.__("Compare"));
  const hint = element("span", "jp-HeedGuess-hint");
  label.htmlFor = id;
  input.id = id;
  input.type = "text";
  input.inputMode = "decimal";
  input.autocomplete = "off";
  input.placeholder = "0.5";
  hint.id = `${id}-hint`;
  hint.setAttribute("role", "status");
  input.setAttribute("aria-describedby", hint.id);
  button.type = "submit";
  form.append(label, input, button, hint);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = parseGuess(input.value);
    input.setAttribute("aria-invalid", String(value === undefined));
    if (value !== undefined) return onGuess(value);
    hint.textContent = phrases.__("A number from 0 to 1, such as 0.6, 60% or 3/5.");
    input.focus();
  });
  return form;
}

function answer(weight: number, guess: number, phrases: Phrases): HTMLElement {
  const node = element("div", "jp-HeedGuess jp-mod-answered");
  node.tabIndex = -1;
  const difference = guess - weight;
  const verdict =
    Math.abs(difference) <= near
      ? phrases.__("Well guessed.")
      : difference > 0
        ? phrases.__("Your guess was too high.")
        : phrases.__("Your guess was too low.");
  const facts = [
    phrases.__("guess %1", written(guess)),
    phrases.__("weight %1", written(weight)),
    phrases.__("difference %1", `${difference > 0 ? "+" : ""}${written(difference)}`),
  ];
  node.append(element("strong", "", verdict), ...facts.map((fact) => element("span", "", fact)));
  const scale = element("span", "jp-HeedGuess-scale");
  scale.setAttribute("aria-hidden", "true");
  for (const [value, className] of [
    [guess, "jp-mod-guess"],
    [weight, "jp-mod-weight"],
  ] as const) {
    const mark = element("i", className);
    mark.style.left = `${value * 100}%`;
    scale.append(mark);
  }
  node.append(scale);
  return node;
}
