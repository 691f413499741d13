/** What can be wrong with a file of weights, as its reader is told. */
export type SideFileFault = "missing" | "refused" | "unreachable" | "too-large" | "changed" | "broken";

/** A file of weights that cannot be used; the overview inside the note stays. */
export class SideFileError extends Error {
  readonly fault: SideFileFault;

  /** @param detail what exactly, for those who look into it */
  constructor(fault: SideFileFault, detail: string) {
    super(detail);
    this.name = "SideFileError";
    this.fault = fault;
  }
}
