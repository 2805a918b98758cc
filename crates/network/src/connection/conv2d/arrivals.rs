//! What arrives at the sites of a convolution, in the form that suits it.

use spikelet_kernels::StepEvents;

use super::geometry::Convolution;
use super::lists::SiteLists;
use super::runs::PlaceRuns;

/// Runs of places are not used in WebAssembly, which is to stay small; sums are alike.
const TAKES_RUNS: bool = cfg!(not(target_arch = "wasm32"));

/// What arrives at the sites of a convolution.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    lists: SiteLists,
    /// Runs of places, of which nothing is listed where the sites have lists.
    runs: PlaceRuns,
}

impl Arrivals {
    pub(super) fn new(sites: usize, steps: usize) -> Self {
        Self { lists: SiteLists::new(sites, steps), runs: PlaceRuns::default() }
    }

    /// Forgets a sample.
    pub(super) fn clear(&mut self) {
        self.lists.clear();
        self.runs.clear();
    }

    /// Lists what arrives at steps `from..to`, unless it is listed already.
    pub(super) fn list(&mut self, convolution: &Convolution, events: StepEvents<'_>, from: usize, to: usize) {
        if self.lists.hold(from, to) || self.runs.hold(from, to) {
            return;
        }
        self.clear();
        let takes_runs = TAKES_RUNS && convolution.fills_tiles();
        if !(takes_runs && self.runs.list(convolution, events, from, to)) {
            self.lists.list(convolution, events, from, to);
        }
    }

    /// What a site sees, where it has a list.
    pub(super) fn of_site(&self, site: usize) -> StepEvents<'_> {
        self.lists.events(site)
    }

    /// Runs of places, where these are listed.
    pub(super) fn runs(&self) -> Option<&PlaceRuns> {
        (TAKES_RUNS && self.runs.are_listed()).then_some(&self.runs)
    }
}
