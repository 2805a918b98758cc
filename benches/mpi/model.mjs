// What the parts of a shared batch say about many machines.

/** Bytes a second. */
const NETWORKS = { speedup10: 10e9 / 8, speedup100: 100e9 / 8 };

/**
 * Adds to each line what a rank sends for a batch (in a ring every rank hands on what all but one have), what a ring all-reduce of the gradients
 * would send, 2 (N − 1) / N · 4 bytes a parameter, and how much faster than one rank a batch is: slowest share, exchange, update.
 */
export function predictions(lines) {
  return lines.map((line) => {
    const alone = lines.find((one) => one.case === line.case && one.batch === line.batch && one.ranks === 1);
    const others = (line.ranks - 1) / line.ranks;
    const sent = others * line.bytes;
    const allReduce = 2 * others * 4 * line.parameters;
    const speedups = Object.entries(NETWORKS).map(([name, speed]) => {
      return [name, (alone.share + alone.update) / (line.share + sent / speed + line.update)];
    });
    return { ...line, sent, allReduce, ...Object.fromEntries(speedups) };
  });
}
