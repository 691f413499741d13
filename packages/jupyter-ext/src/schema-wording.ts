import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import type { TranslationBundle } from "@jupyterlab/translation";

/**
 * The settings in JupyterLab's language. Its server translates schemas of its own language packs only, so an extension that
 * brings its catalogue along does this itself.
 */
export function translateSchema<Schema extends ISettingRegistry.ISchema>(
  schema: Schema,
  phrases: Pick<TranslationBundle, "_p">,
): Schema {
  const say = (context: string, text: string | undefined): string | undefined => text && phrases._p(context, text);
  const label = schema["jupyter.lab.setting-icon-label"];
  return {
    ...schema,
    ...(schema.title && { title: say("schema", schema.title) }),
    ...(schema.description && { description: say("schema", schema.description) }),
    ...(label && { "jupyter.lab.setting-icon-label": say("settings", label) }),
    ...(schema.properties && { properties: translate(schema.properties, (text) => phrases._p("settings", text)) }),
  };
}

/** A copy whose titles and descriptions, at any depth, are translated. */
function translate<Value>(value: Value, say: (text: string) => string): Value {
  if (Array.isArray(value)) return value.map((item: unknown) => translate(item, say)) as Value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => {
    const isText = (key === "title" || key === "description") && typeof inner === "string";
    return [key, isText ? say(inner) : translate(inner, say)];
  });
  return Object.fromEntries(entries) as Value;
}
