// What JupyterLab's builder leaves out of the extension: code that is bundled but that nothing here ever runs.
const { readdirSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");

// heed computes with WebAssembly only; jax-js would bring what computes on graphics cards as well
const backends = dirname(createRequire(require.resolve("heed")).resolve("@jax-js/jax"));
const onGraphicsCards = readdirSync(backends).filter((name) => /^web(gpu|gl)-.*\.js$/.test(name));

/**
 * Parts that Plotly's core takes in and no figure has: menus, sliders and range selectors drawn into a plot, three-dimensional
 * annotations, error bars, grids of plots. It asks its registry for each part and does without those that are not there.
 */
const parts = /^\.\/components\/(annotations3d|updatemenus|sliders|rangeslider|rangeselector|errorbars|grid)$/;
const partsLeftOut = {
  apply: (compiler) =>
    new compiler.webpack.NormalModuleReplacementPlugin(parts, join(__dirname, "unused-part.cjs")).apply(compiler),
};

module.exports = {
  plugins: [partsLeftOut],
  // what two of the chunks need is loaded once, also where it is little
  optimization: { splitChunks: { chunks: "async", minSize: 2_000 } },
  resolve: {
    alias: {
      // Plotly's core asks for the style of its maps, which no figure draws
      "maplibre-gl/dist/maplibre-gl.css$": false,
      // and for promises, which every browser has
      "native-promise-only$": false,
      ...Object.fromEntries(onGraphicsCards.map((name) => [join(backends, name), false])),
    },
  },
};
