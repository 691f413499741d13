import { Gettext, nullTranslator, type ITranslator, type TranslationBundle } from "@jupyterlab/translation";
import { Signal, type ISignal } from "@lumino/signaling";
import { languageOf, type Language } from "heed/note";

/** The translation domain of everything this extension says. */
export const domain = "jupyterlab_heed";

/**
 * What commands stand under in the palette. JupyterLab's palette looks for a query from the beginnings of words in Latin letters
 * on: without one, no Chinese word would be found.
 */
export const paletteCategory = (phrases: Pick<TranslationBundle, "__">): string => `Heed · ${phrases.__("Attention")}`;

/** A language that a person chose for notes, or JupyterLab's own. */
export type LanguageChoice = Language | "auto";

/**
 * The words of the interface. They follow JupyterLab's language, unless the settings name another: a class taught in Chinese may
 * use an English JupyterLab. The Chinese catalogue is inside the extension too, for servers that offer none.
 */
export class Wording {
  readonly #translator: ITranslator;
  readonly #changed = new Signal<this, void>(this);
  #choice: LanguageChoice = "auto";
  #phrases: TranslationBundle;

  constructor(translator: ITranslator | null) {
    this.#translator = translator ?? nullTranslator;
    this.#phrases = this.#translator.load(domain);
    this.#load();
  }

  get phrases(): TranslationBundle {
    return this.#phrases;
  }

  get language(): Language {
    return this.#choice === "auto" ? languageOf(this.#translator.languageCode) : this.#choice;
  }

  /** Emitted when the words are those of another language. */
  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  choose(choice: LanguageChoice): void {
    if (choice === this.#choice) return;
    this.#choice = choice;
    this.#load();
  }

  #load(): void {
    const served = this.#translator.load(domain);
    const probe = "Attention notes";
    if (this.language === "zh-CN" && (this.#choice !== "auto" || served.__(probe) === probe)) {
      void this.#loadChinese();
    } else {
      this.#use(this.#choice === "auto" ? served : nullTranslator.load(domain));
    }
  }

  async #loadChinese(): Promise<void> {
    const choice = this.#choice;
    const { catalogue } = await import("./chinese.js");
    if (choice !== this.#choice) return;
    const words = new Gettext({ domain, locale: "zh-CN" });
    words.loadJSON(catalogue, domain);
    this.#use(words);
  }

  #use(phrases: TranslationBundle): void {
    this.#phrases = phrases;
    this.#changed.emit();
  }
}
