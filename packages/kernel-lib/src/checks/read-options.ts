import { describeValue } from "./describe-value.js";
import { nearest } from "./nearest.js";

/**
 * The names that an object of options may have. A record, so that the compiler refuses one that is missing or one too many. A name of before says
 * what it is called now; it is heard for one release.
 */
export type OptionNames<Options> = { readonly [Name in NameOf<Options>]-?: true | { readonly now: NameOf<Options> } };
type NameOf<Options> = Options extends unknown ? keyof Options & string : never;

/**
 * The options of a public call, unless one has a name that the call does not know: it would change nothing, without a word.
 *
 * @throws TypeError naming the unknown option and the one that was probably meant, or saying what is no object
 */
export function readOptions<Options extends object>(caller: string, options: Options, names: OptionNames<Options>): Options {
  const all: Readonly<Record<string, true | { readonly now: string }>> = names;
  const known = Object.keys(all).filter((name) => all[name] === true);
  if (typeof options !== "object" || options === null || Array.isArray(options) || "then" in options) {
    throw new TypeError(`${caller}: expected an object of ${listed(known)}; got ${describeValue(options)}`);
  }
  const renamed: Record<string, unknown> = {};
  for (const name in options) {
    const is = Object.hasOwn(all, name) ? all[name] : undefined;
    if (is === undefined) throw unknownName(caller, name, known);
    if (is !== true && !Object.hasOwn(options, is.now)) renamed[is.now] = options[name];
  }
  return Object.keys(renamed).length === 0 ? options : { ...options, ...renamed };
}

/** What is said of a name that is not among those known. */
export function unknownName(caller: string, name: string, known: readonly string[]): TypeError {
  const meant = meantBy(name, known);
  return new TypeError(
    `${caller}: expected ${listed(known)}; got ${name}${meant === undefined ? "" : `. Did you mean ${meant}?`}`,
  );
}

/** The known name that another one was probably meant to be: what other libraries call it, or what is spelt most like it. */
export function meantBy(name: string, known: readonly string[]): string | undefined {
  const same = synonyms.find((names) => names.includes(name.toLowerCase().replaceAll("_", "")));
  return known.find((one) => same?.includes(one.toLowerCase())) ?? nearest(name, known);
}

/** `a, b or c` */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? `${names[0] ?? "nothing"}` : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;

/** Names of one thing, here and in PyTorch, JAX, Keras and transformers; in small letters, without underscores. */
const synonyms: readonly (readonly string[])[] = [
  ["query", "queries", "q"],
  ["keys", "key", "k"],
  ["values", "value", "v"],
  ["vectors", "x", "input", "inputs", "hiddenstates"],
  ["heads", "head", "numheads", "nheads", "nhead"],
  ["layers", "layer", "numlayers", "nlayers"],
  ["mask", "attnmask", "attentionmask", "masks"],
  ["causal", "iscausal"],
  ["learningrate", "rate", "lr"],
  ["steps", "step", "maxsteps", "iterations"],
  ["epochs", "epoch", "numepochs"],
  ["batch", "batchsize", "size"],
  ["epsilon", "eps"],
  ["deviation", "std", "stddev", "scale", "sigma"],
  ["mean", "loc", "mu"],
  ["signal", "abortsignal"],
  ["report", "onreport", "callback"],
  ["clipnorm", "maxnorm", "gradclip", "clip"],
  ["warmup", "warmupsteps"],
  ["maxlength", "maxnewtokens", "maxlen"],
  ["count", "k", "topk", "n"],
  ["validation", "validationdata", "valdata"],
  ["rows", "ylabels", "queriestokens"],
  ["columns", "xlabels", "tokens"],
];
