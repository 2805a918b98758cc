//! Where what a site of a convolution injects lands in the strips of the layer before.

use std::ops::Range;

use spikelet_kernels::Landing;

use super::geometry::Convolution;
use crate::connection::layout::Site;

/// Landings of a site on the strips of a block of input channels that share weights.
#[derive(Clone, Debug)]
pub(super) struct PhaseLandings {
    /// Number of the block.
    pub(super) block: usize,
    /// Phases of the rows and columns of the strips.
    pub(super) phases: (usize, usize),
    landings: Range<usize>,
}

/// The landings of all sites.
#[derive(Clone, Debug, Default)]
pub(super) struct Landings {
    /// Start of each site in `phases`, and the end of the last.
    offsets: Vec<usize>,
    phases: Vec<PhaseLandings>,
    landings: Vec<Landing>,
}

impl Landings {
    pub(super) fn new(convolution: &Convolution, sites: &[Site]) -> Self {
        let mut found = Self { offsets: vec![0], ..Self::default() };
        for site in sites {
            for block in convolution.blocks_below(&convolution.blocks[site.tile]) {
                for phases in convolution.each_phase() {
                    let start = found.landings.len();
                    convolution.landings(block, phases, site, &mut found.landings);
                    if found.landings.len() > start {
                        found.phases.push(PhaseLandings { block, phases, landings: start..found.landings.len() });
                    }
                }
            }
            found.offsets.push(found.phases.len());
        }
        found
    }

    /// Landings of a site.
    pub(super) fn of(&self, site: usize) -> impl Iterator<Item = (&PhaseLandings, &[Landing])> {
        let phases = &self.phases[self.offsets[site]..self.offsets[site + 1]];
        phases.iter().map(|phase| (phase, &self.landings[phase.landings.clone()]))
    }
}
