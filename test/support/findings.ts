/** Accessibility of what is drawn, by axe-core. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe found in some elements. */
export interface Finding {
  readonly id: string;
  readonly nodes: readonly string[];
}

/** Serious findings of axe (WCAG) below a selector. */
export async function findings(page: Page, selector: string): Promise<Finding[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (scope) => {
    const { axe: tool } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await tool.run({ include: [[scope]] }, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => ({
        id,
        nodes: nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`),
      }));
  }, selector);
}
