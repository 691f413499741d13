/** What goes with the data of a message. */
export interface CommExtras {
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Binary data, sent as it is. */
  readonly buffers?: readonly Uint8Array[];
}

/** What came through a comm. */
export interface CommMessage {
  // What a message holds is a matter of those who send it; each target says what it takes.
  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  readonly data: Readonly<Record<string, any>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

/** One end of a line to the page. */
export interface Comm {
  readonly id: string;
  /** The name of what is at the other end, for example `jupyter.widget`. */
  readonly target: string;
  /** Called with each message from the page. */
  onMessage: ((message: CommMessage) => void) | undefined;
  /** Called when the page closes the line. */
  onClose: ((message: CommMessage) => void) | undefined;
  /** @throws Error when the comm is closed */
  send(data?: object, extras?: CommExtras): void;
  close(data?: object, extras?: CommExtras): void;
}

/** The kernel's side; see {@link KernelHost}. */
export interface KernelComms {
  register(target: string, open: (comm: Comm, message: CommMessage) => void): void;
  unregister(target: string): void;
  open(target: string, data?: object, extras?: CommExtras & { readonly id?: string }): Comm;
}
