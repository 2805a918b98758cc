//! Where what a site of a convolution injects lands in the strips of the layer before.

use spikelet_kernels::Landing;

use super::geometry::Convolution;
use crate::connection::layout::Site;

/// The landings of all sites, on one block of input channels after the other.
#[derive(Clone, Debug)]
pub(super) struct Landings {
    /// Start of each site of each block, and the end of the last.
    offsets: Vec<usize>,
    landings: Vec<Landing>,
    sites: usize,
}

impl Landings {
    pub(super) fn new(convolution: &Convolution, sites: &[Site]) -> Self {
        let mut found = Self { offsets: vec![0], landings: Vec::new(), sites: sites.len() };
        for block in 0..convolution.input_blocks.len() {
            for site in sites {
                convolution.landings(block, site, &mut found.landings);
                found.offsets.push(found.landings.len());
            }
        }
        found
    }

    /// Landings of a site on a block.
    pub(super) fn of(&self, block: usize, site: usize) -> &[Landing] {
        let number = block * self.sites + site;
        &self.landings[self.offsets[number]..self.offsets[number + 1]]
    }
}
