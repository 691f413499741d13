import type { Note } from "heed/note";

/** The kinds of files that a figure is saved as, which are also their endings. */
export const exportFormats = ["svg", "png", "html", "csv", "tex"] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** A file name from the title, without what file systems forbid. */
export function fileName({ title }: Pick<Note, "title">): string {
  const name = (title ?? "")
    .replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*]+/gu, " ")
    .trim()
    .replaceAll(/\s+/g, "-")
    .replace(/^[.-]+/, "");
  return Array.from(name).slice(0, 60).join("") || "attention";
}
