// What JupyterLab's builder leaves out of the extension: code that is bundled but that nothing here ever runs.
const { readdirSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");

// heed computes with WebAssembly only; jax-js would bring what computes on graphics cards as well
const backends = dirname(createRequire(require.resolve("heed")).resolve("@jax-js/jax"));
const onGraphicsCards = readdirSync(backends).filter((name) => /^web(gpu|gl)-.*\.js$/.test(name));

module.exports = {
  resolve: {
    alias: {
      // Plotly's core asks for the style of its maps, which no figure draws
      "maplibre-gl/dist/maplibre-gl.css$": false,
      ...Object.fromEntries(onGraphicsCards.map((name) => [join(backends, name), false])),
    },
  },
};
