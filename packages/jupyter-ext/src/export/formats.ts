import type { Note } from "heed/note";

/** The kinds of files that a figure is saved as, which are also their endings. */
export const exportFormats = ["svg", "png", "html", "csv", "tex"] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** A file name from the title and the heads that are shown, without what file systems forbid. */
export function fileName({ title }: Pick<Note, "title">, heads = ""): string {
  return [plainName(title ?? ""), plainName(heads.replaceAll(/[,，、]/g, " "))].filter(Boolean).join("-") || "attention";
}

function plainName(text: string): string {
  const name = text
    .replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*]+/gu, " ")
    .trim()
    .replaceAll(/\s+/g, "-")
    .replace(/^[.-]+/, "");
  return Array.from(name).slice(0, 60).join("");
}
