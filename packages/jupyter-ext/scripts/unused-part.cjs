/** Stands for a part of Plotly that is left out; see bundler-config.cjs. */
module.exports = { moduleType: "component", name: "unused" };
