import type { ReadLayer } from "./imported-layers.js";

/**
 * Layers in which an average pool over a whole image, with nothing behind it but one flatten layer, is a global average pool: the
 * two nodes that NIR has for it.
 */
export function mergedPools(layers: readonly ReadLayer[], shapeOf: (name: string) => readonly number[]): ReadLayer[] {
  const readers = new Map<string, number>();
  for (const { sources, further } of layers) {
    for (const name of [...sources, ...further.flatMap((input) => input.sources)])
      readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const whole = layers.filter(({ name, config, sources: [source = ""] }) => {
    if (config.type !== "avgPool2d" || readers.get(name) !== 1) return false;
    const [height = 1, width = height] = [config.window].flat();
    const [, ...sizes] = shapeOf(source);
    return height === sizes[0] && width === sizes[1];
  });
  const pools = new Map(whole.map((pool) => [pool.name, pool]));
  const merged = layers.map((layer): ReadLayer => {
    const [pool] = layer.sources.flatMap((name) => pools.get(name) ?? []);
    const isOne = layer.config.type === "flatten" && layer.sources.length === 1;
    return pool !== undefined && isOne ? { ...layer, config: { type: "globalAvgPool" }, sources: pool.sources } : layer;
  });
  const left = new Set(merged.flatMap(({ sources, further }) => [...sources, ...further.flatMap((input) => input.sources)]));
  return merged.filter(({ name }) => !pools.has(name) || left.has(name));
}
