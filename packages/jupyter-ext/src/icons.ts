import { LabIcon } from "@jupyterlab/ui-components";

/** Cells of a heat map, in the colours that JupyterLab gives to icons. */
export const noteIcon: LabIcon = new LabIcon({
  name: "heed:note",
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 22 22">
  <g class="jp-icon3" fill="#616161">
    <rect x="3" y="3" width="4.6" height="4.6" rx=".8"/>
    <rect x="8.7" y="3" width="4.6" height="4.6" rx=".8" opacity=".35"/>
    <rect x="14.4" y="3" width="4.6" height="4.6" rx=".8" opacity=".2"/>
    <rect x="3" y="8.7" width="4.6" height="4.6" rx=".8" opacity=".3"/>
    <rect x="8.7" y="8.7" width="4.6" height="4.6" rx=".8"/>
    <rect x="14.4" y="8.7" width="4.6" height="4.6" rx=".8" opacity=".5"/>
    <rect x="3" y="14.4" width="4.6" height="4.6" rx=".8" opacity=".2"/>
    <rect x="8.7" y="14.4" width="4.6" height="4.6" rx=".8" opacity=".45"/>
    <rect x="14.4" y="14.4" width="4.6" height="4.6" rx=".8"/>
  </g>
</svg>`,
});

/** An arrow out of a tray: what leaves the page. */
export const exportIcon: LabIcon = new LabIcon({
  name: "heed:export",
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <g class="jp-icon3" fill="#616161">
    <path d="M7.25 2.9 4.9 5.25 3.85 4.2 8 .05l4.15 4.15-1.05 1.05L8.75 2.9v7.6h-1.5z"/>
    <path d="M2 9h1.5v4.5h9V9H14v6H2z"/>
  </g>
</svg>`,
});
