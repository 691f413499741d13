import type { Phrases } from "../view/options.js";
import { precise } from "../view/wording.js";
import type { Comparison, Obstacle } from "./comparison.js";

/** What a comparison found, in a sentence or two. */
export function summaryText({ distances, isJoined, leftOut }: Comparison, phrases: Phrases): string {
  const known = Array.from(distances).filter((distance) => !Number.isNaN(distance));
  const mean = known.reduce((sum, distance) => sum + distance, 0) / Math.max(1, known.length);
  const lost = leftOut.a + leftOut.b;
  return [
    phrases.__("Mean distance of the rows: %1.", precise(Number(mean.toFixed(3)))),
    isJoined
      ? phrases.__(
          "The tokens differ; those that cover the same text are joined: weights of keys add up, rows of queries are averaged.",
        )
      : "",
    lost > 0 ? phrases._n("%1 token has no partner and is left out.", "%1 tokens have no partner and are left out.", lost) : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** Why two notes cannot be compared. */
export function obstacleText(obstacle: Obstacle, phrases: Phrases): string {
  switch (obstacle) {
    case "rows":
      return phrases.__("These notes cannot be compared: what looks, their rows, is not the same text.");
    case "columns":
      return phrases.__("These notes cannot be compared: what is looked at, their columns, is not the same text.");
    case "image":
      return phrases.__("These notes cannot be compared: their images are not divided alike.");
    case "external":
      return phrases.__(
        "These notes cannot be compared here: weights of one are in a file beside the notebook, and only their overview is at hand.",
      );
    case "size":
      return phrases.__("These notes are too large to be compared cell by cell.");
  }
}
