//! Gradients of what arrives at a convolution, carried along from what its units inject: the cost follows their derivatives.

use spikelet_kernels::{fall, land};

use super::copies::SharedWeights;
use super::geometry::Convolution;
use super::landings::Landings;
use crate::aligned::Aligned;
use crate::connection::listed::Injected;
use crate::connection::sent::{Sent, SourceSite};
use crate::events::NO_UNIT;

/// `factor · S̄` of all inputs, `[step][lane]` of all strips.
#[derive(Debug, Default)]
pub(super) struct CarriedGradient {
    values: Aligned,
    p: Aligned,
    q: Aligned,
}

impl CarriedGradient {
    /// Computes it from what was injected, the factor included.
    pub(super) fn fill(
        &mut self,
        (convolution, landings): (&Convolution, &Landings),
        copies: &[SharedWeights],
        sent: &Sent<'_>,
        injected: &Injected,
    ) {
        let (lanes, end) = (convolution.input_lanes, sent.end);
        let injections = injected.by_site(end);
        self.values.resize(lanes * end);
        for array in [&mut self.p, &mut self.q] {
            array.clear();
            array.resize(lanes);
        }
        for (t, error) in self.values.chunks_exact_mut(lanes).enumerate().rev() {
            for (group, landings) in landings.groups() {
                let (above, below) = (&convolution.blocks[group.tile], &convolution.input_blocks[group.block]);
                let weights = copies[group.tile].downward(convolution, above, below, group.phases);
                let lanes = below.strip.lanes();
                land(sent.level, (weights, lanes), landings, (injections, t), &mut self.p, &mut self.q);
            }
            fall(sent.level, &sent.view.neuron.constants, t, &mut self.p, &mut self.q, error);
        }
    }

    /// Reads it for the lanes of a site of the previous layer, `[step][lane]`.
    pub(super) fn read(&self, convolution: &Convolution, source: &SourceSite<'_>, error: &mut [f32]) {
        let rows = self.values.chunks_exact(convolution.input_lanes);
        if let Some(first) = convolution.strip_of(source.arrival_of_lane) {
            let lanes = source.site.lanes;
            error.chunks_exact_mut(lanes).zip(rows).for_each(|(to, from)| to.copy_from_slice(&from[first..][..lanes]));
            return;
        }
        let arrivals = source.arrival_of_lane.iter().map(|&arrival| {
            (arrival != NO_UNIT).then(|| {
                let (first, _, at) = convolution.input_place(arrival);
                first + at
            })
        });
        let places: Vec<Option<usize>> = arrivals.collect();
        for (row, from) in error.chunks_exact_mut(source.site.lanes).zip(rows) {
            for (to, place) in row.iter_mut().zip(&places) {
                *to = place.map_or(0.0, |place| from[place]);
            }
        }
    }
}
