// Compiles locale/<language>/LC_MESSAGES/jupyterlab_heed.po to the JSON that JupyterLab reads.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { po as poFormat } from "gettext-parser";

const root = join(import.meta.dirname, "..");
const domain = "jupyterlab_heed";
const contextDelimiter = "\u0004";

/** The messages of a .po file as JupyterLab's Gettext wants them. */
export function compileCatalogue(po, version) {
  const { headers, translations } = poFormat.parse(po, { validation: true });
  const plurals = headers["Plural-Forms"];
  const catalogue = {
    "": {
      domain,
      // with a hyphen: JupyterLab compares it with the tag of its language
      language: headers.Language.replace("_", "-"),
      plural_forms: plurals,
      pluralForms: plurals,
      version,
    },
  };
  for (const messages of Object.values(translations)) {
    for (const { msgctxt, msgid, msgid_plural: plural, msgstr } of Object.values(messages)) {
      if (msgid === "" || msgstr.every((text) => text === "")) continue;
      // JupyterLab takes a message with one form for one without plural, also in languages that have one form only
      const forms = plural !== undefined && msgstr.length === 1 ? [msgstr[0], msgstr[0]] : msgstr;
      catalogue[msgctxt ? msgctxt + contextDelimiter + msgid : msgid] = forms;
    }
  }
  return catalogue;
}

if (process.argv[1] === import.meta.filename) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const language of readdirSync(join(root, "locale"))) {
    const po = readFileSync(join(root, "locale", language, "LC_MESSAGES", `${domain}.po`), "utf8");
    const target = join(root, domain, "locale", language, "LC_MESSAGES");
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, `${domain}.json`), `${JSON.stringify(compileCatalogue(po, version), null, 1)}\n`);
  }
}
