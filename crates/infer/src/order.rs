//! Order of the units of a layer.

/// Channels whose units run together, place by place.
const BLOCK: usize = 64;

/// Position at which the unit of a channel runs, and so its turn among those that fire at a step: blocks of 64 channels, in each the
/// places, at each the channels. Sums of single floats depend on that order.
pub(crate) fn position_of(filter: usize, place: usize, filters: usize, places: usize) -> usize {
    let in_block = filter % BLOCK;
    let first = filter - in_block;
    first * places + place * BLOCK.min(filters - first) + in_block
}

/// Channel after the last of a channel's block.
pub(crate) fn end_of_block(filter: usize) -> usize {
    filter - filter % BLOCK + BLOCK
}
