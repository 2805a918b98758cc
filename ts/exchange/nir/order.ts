/**
 * An order of layers: each behind its sources, but for those of loops, for which NIR has none.
 *
 * A loop begins with the layer that is named first of those to which something leads that is placed already; so a graph whose
 * layers are written in an order comes back in it, if the sources behind a layer are in a loop with it.
 *
 * @param sources of each layer, in the order in which the layers are named
 * @param last layers of all, in their order
 */
export function ordered(sources: ReadonlyMap<string, readonly string[]>, last: readonly string[]): string[] {
  const placed = new Set<string>();
  const rest = [...sources.keys()].filter((name) => !last.includes(name));
  while (rest.length > 0) {
    const foreign = (name: string) => (sources.get(name) ?? []).filter((source) => source !== name);
    const isPlaced = (source: string) => placed.has(source) || !sources.has(source);
    const next =
      rest.find((name) => foreign(name).every(isPlaced)) ?? rest.find((name) => foreign(name).some(isPlaced)) ?? rest[0];
    placed.add(next as string);
    rest.splice(rest.indexOf(next as string), 1);
  }
  return [...placed, ...last];
}
