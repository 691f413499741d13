/** The host of a web page, where no kernel is: what is shown goes to the console. */
import { languageOf } from "../note/index.js";
import { findKernelHost, type Host } from "./host.js";

/** Where the code runs. */
export function findHost(): Host {
  const language = languageOf(globalThis.navigator?.language ?? "en");
  return (
    findKernelHost(language) ?? {
      kind: "terminal",
      language,
      run: undefined,
      signal: undefined,
      storeSidecar: undefined,
      display: (bundle) => console.log(bundle["text/plain"]),
    }
  );
}
