//! What a layer sends back to the sites of the previous one.

use spikelet_kernels::{Level, dot};

use super::layout::Site;
use super::view::LayerView;
use crate::state::Adjoints;

/// What a layer sends back.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// SIMD level.
    pub level: Level,
    /// Units of the layer.
    pub view: LayerView<'a>,
    /// Adjoints of the layer.
    pub adjoints: &'a Adjoints,
    /// Step from which on there are none.
    pub end: usize,
}

/// A site of the previous layer, with where its lanes arrive.
#[derive(Clone, Copy)]
pub struct SourceSite<'a> {
    /// The site.
    pub site: &'a Site,
    /// Path through the stages between.
    pub path: usize,
    /// Input unit of each lane, or [`crate::events::NO_UNIT`].
    pub arrival_of_lane: &'a [u32],
}

impl Sent<'_> {
    /// Σ_j W_j r_j over all units, from r of a step.
    pub(super) fn row_dot(&self, input: usize, r: &[f32]) -> f32 {
        self.view.tiles.iter().fold(0.0, |sum, tile| {
            let weights = &tile.weights[input * tile.lanes..][..tile.lanes];
            sum + dot(self.level, weights, &r[tile.first..][..tile.lanes])
        })
    }
}
