//! The input spikes of a group of samples, listed by input: a tile then adds to each row of its sums once.

use std::ops::Range;

use spikelet_kernels::Gather;

use crate::pass::GROUP;
use crate::sample::SampleResult;

/// Input spikes of a group of samples.
#[derive(Debug)]
pub(super) struct LayerEntries {
    inputs: usize,
    /// Consecutive samples, whose rows of q stay in a level-2 cache while a tile gathers them.
    blocks: Vec<BlockEntries>,
    /// Number of samples of this group.
    count: usize,
}

/// Input spikes of a block of samples, by input.
#[derive(Debug)]
pub(super) struct BlockEntries {
    /// Places of the samples in the group.
    samples: Range<usize>,
    /// Start of each input in `entries`.
    offsets: Vec<u32>,
    /// `sample of the block << 16 | row`.
    entries: Vec<u32>,
    /// Value of each entry; empty: all are 1.
    values: Vec<f32>,
}

/// Rows of q of a block, 256 bytes each, unless one sample has more.
const BLOCK_ROWS: usize = 2048;

impl LayerEntries {
    /// No entries yet, for a layer with so many inputs.
    pub(super) fn new(inputs: usize) -> Self {
        Self { inputs, blocks: Vec::new(), count: 0 }
    }

    /// Blocks of samples, with nothing listed yet.
    pub(super) fn cut(&mut self, layer: usize, results: &[SampleResult]) -> &mut [BlockEntries] {
        self.count = 0;
        let mut first = 0;
        while first < results.len() {
            let mut rows = 0;
            let fits = |result: &&SampleResult| {
                rows += result.layers[layer].rows.inputs.count();
                rows <= BLOCK_ROWS
            };
            let samples = first..first + results[first..].iter().take_while(fits).count().max(1);
            first = samples.end;
            if self.count == self.blocks.len() {
                let offsets = vec![0; self.inputs + 1];
                self.blocks.push(BlockEntries { samples: 0..0, offsets, entries: Vec::new(), values: Vec::new() });
            }
            self.blocks[self.count].samples = samples;
            self.count += 1;
        }
        &mut self.blocks[..self.count]
    }

    /// Whether events of the group have values.
    pub(super) fn is_weighted(&self) -> bool {
        self.blocks[..self.count].iter().any(|block| !block.values.is_empty())
    }

    /// A [`Gather`] for each block, in their order; `sources` holds the rows of q of each sample of the group.
    pub(super) fn gathers<'a>(&'a self, sources: &'a [&'a [f32]]) -> impl DoubleEndedIterator<Item = Gather<'a>> {
        let blocks = self.blocks[..self.count].iter();
        blocks.map(|BlockEntries { samples, offsets, entries, values }| Gather {
            offsets,
            entries,
            values,
            sources: &sources[samples.clone()],
        })
    }
}

impl BlockEntries {
    /// Sorts the input spikes of the block by input.
    pub(super) fn list(&mut self, layer: usize, group: &[SampleResult]) {
        let results = &group[self.samples.clone()];
        self.offsets.fill(0);
        for result in results {
            for &unit in &result.layers[layer].rows.inputs.units {
                self.offsets[unit as usize + 1] += 1;
            }
        }
        for input in 1..self.offsets.len() {
            self.offsets[input] += self.offsets[input - 1];
        }
        self.entries.resize(self.offsets[self.offsets.len() - 1] as usize, 0);
        let inputs = results.iter().map(|result| &result.layers[layer].rows.inputs);
        let is_weighted = inputs.into_iter().any(|inputs| !inputs.values.is_empty());
        self.values.clear();
        self.values.resize(if is_weighted { self.entries.len() } else { 0 }, 1.0);
        // Filling moves each start to its end, which is the start of the next input.
        for (sample, result) in results.iter().enumerate() {
            let inputs = &result.layers[layer].rows.inputs;
            let mut values = inputs.values.iter();
            for (row, units) in inputs.rows().enumerate() {
                for &unit in units {
                    let at = &mut self.offsets[unit as usize];
                    self.entries[*at as usize] = (sample as u32) << 16 | row as u32;
                    if let Some(&value) = values.next() {
                        self.values[*at as usize] = value;
                    }
                    *at += 1;
                }
            }
        }
        self.offsets.rotate_right(1);
        self.offsets[0] = 0;
    }
}

/// The q rows of each sample for the lanes of a tile.
pub(super) fn sources(results: &[SampleResult], layer: usize, first: usize, lanes: usize) -> [&[f32]; GROUP] {
    let mut sources: [&[f32]; GROUP] = [&[]; GROUP];
    for (source, result) in sources.iter_mut().zip(results) {
        let rows = &result.layers[layer].rows;
        let count = rows.inputs.count();
        *source = &rows.q[first * count..(first + lanes) * count];
    }
    sources
}
