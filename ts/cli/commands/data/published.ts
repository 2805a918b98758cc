import { didYouMean } from "../../../closest.js";
import type { PublishedSet } from "../../../datasets/published.js";
import { UsageError } from "../../exit.js";
import { PUBLISHED } from "../../sets.js";

/** A data set that can be fetched, by its name. */
export function publishedSet(name: string): PublishedSet {
  const set = PUBLISHED.get(name);
  if (set !== undefined) return set;
  throw new UsageError(`"${name}" can't be fetched: ${didYouMean(name, [...PUBLISHED.keys()])}`);
}
