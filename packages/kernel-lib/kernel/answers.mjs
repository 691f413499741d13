/** Answers that need neither TypeScript nor a cell, so that they can be given while the kernel still starts. */
import typescript from "typescript/package.json" with { type: "json" };
import own from "./package.json" with { type: "json" };

const kernelInfo = {
  status: "ok",
  protocol_version: "5.3",
  implementation: "heed",
  implementation_version: own.version,
  banner: `TypeScript ${typescript.version} on Node ${process.version.slice(1)}`,
  language_info: {
    name: "typescript",
    version: typescript.version,
    mimetype: "text/typescript",
    file_extension: ".ts",
    pygments_lexer: "typescript",
    // JupyterLab looks at `mode`, the classic notebook at `name`.
    codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
  },
  help_links: [],
};

/** @type {Readonly<Record<string, object>>} by the type of the request */
export const answers = {
  kernel_info_request: kernelInfo,
};
