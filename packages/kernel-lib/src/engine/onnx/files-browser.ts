/** A browser has no paths: a model is the bytes that are returned. */
export const fileBeside = (path: string): { readonly name: string; readonly path: string } => ({ name: `${path}.data`, path });

export const writeModelFile = (path: string, _pieces: unknown): Promise<void> =>
  Promise.reject(
    new TypeError(
      `exportOnnx: expected no path in a browser; got ${JSON.stringify(path)}. Save the bytes that are returned without one`,
    ),
  );
