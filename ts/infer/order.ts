/** Channels whose units run together, place by place. */
const BLOCK = 64;

/**
 * Position at which the unit of a channel runs, and so its turn among those that fire at a step: blocks of 64 channels, in each the
 * places, at each the channels. Sums of single floats depend on that order.
 */
export function positionOf(filter: number, place: number, filters: number, places: number): number {
  const inBlock = filter % BLOCK;
  const first = filter - inBlock;
  return first * places + place * Math.min(BLOCK, filters - first) + inBlock;
}

/** Channel after the last of a channel's block. */
export function endOfBlock(filter: number): number {
  return filter - (filter % BLOCK) + BLOCK;
}
