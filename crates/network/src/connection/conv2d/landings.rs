//! Where what the sites of a convolution inject lands in the strips of the layer before.

use std::ops::Range;

use spikelet_kernels::Landing;

use super::geometry::Convolution;
use crate::connection::layout::Site;

/// Landings of the sites of a tile, by the same rows of weights, on strips of a block of input channels.
#[derive(Clone, Debug)]
pub(super) struct LandingGroup {
    pub(super) tile: usize,
    /// Number of the block.
    pub(super) block: usize,
    /// Phases of the rows and columns of the strips.
    pub(super) phases: (usize, usize),
    landings: Range<usize>,
}

/// The landings of all sites. What lands on a strip comes in the order of sites: of two sites the later one lands by a later row.
#[derive(Clone, Debug, Default)]
pub(super) struct Landings {
    groups: Vec<LandingGroup>,
    landings: Vec<Landing>,
}

impl Landings {
    pub(super) fn new(convolution: &Convolution, sites: &[Site]) -> Self {
        let mut found = Self::default();
        let numbered: Vec<(usize, &Site)> = sites.iter().enumerate().collect();
        for sites in numbered.chunk_by(|(_, one), (_, next)| one.tile == next.tile) {
            let tile = sites[0].1.tile;
            for block in convolution.blocks_below(&convolution.blocks[tile]) {
                for phases in convolution.each_phase() {
                    let mut of_phase = Vec::new();
                    for &(number, site) in sites {
                        convolution.landings(block, phases, (number, site), &mut of_phase);
                    }
                    let rows = of_phase.iter().map(|landing| landing.row).max().map_or(0, |last| last + 1);
                    for row in (0..rows).step_by(convolution.blocks[tile].strip.channels) {
                        let start = found.landings.len();
                        found.landings.extend(of_phase.iter().filter(|landing| landing.row == row));
                        let landings = start..found.landings.len();
                        found.groups.push(LandingGroup { tile, block, phases, landings });
                    }
                }
            }
        }
        found
    }

    /// Groups in their order.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&LandingGroup, &[Landing])> {
        self.groups.iter().map(|group| (group, &self.landings[group.landings.clone()]))
    }
}
