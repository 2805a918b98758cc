import { didYouMean } from "../../closest.js";
import { UsageError } from "../exit.js";
import { CATALOGUE, type PublishedName } from "./catalogue.js";

/** The name of a data set that can be fetched. */
export function publishedName(name: string): PublishedName {
  if (Object.hasOwn(CATALOGUE, name)) return name as PublishedName;
  throw new UsageError(`"${name}" can't be fetched: ${didYouMean(name, Object.keys(CATALOGUE))}`);
}
