import { closest } from "../closest.js";
import { UsageError } from "../exit.js";
import { CATALOGUE, type PublishedName } from "./catalogue.js";

/** The name of a data set that can be fetched. */
export function publishedName(name: string): PublishedName {
  if (Object.hasOwn(CATALOGUE, name)) return name as PublishedName;
  const names = Object.keys(CATALOGUE);
  const near = closest(name, names);
  throw new UsageError(
    `"${name}" can't be fetched: ${near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`}`,
  );
}
