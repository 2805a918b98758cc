//! Input and output of a regulariser.

use spikelet_network::connection::{ActivityGradient, LayerView};

use crate::loss_parts::LossParts;

/// One hidden spiking layer in one sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct LayerActivity {
    /// N, the units.
    pub(super) units: f64,
    /// Σ_j C_j, the spikes of all units in the simulated steps.
    pub(super) spikes: f64,
}

pub(super) trait Regularizer: std::fmt::Debug + Send + Sync {
    /// Adds the value to its part and returns dL/dS; neither is divided by the batch size.
    fn evaluate(&self, layer: LayerActivity, parts: &mut LossParts) -> f64;
}

/// The regularisers' dL/dS of a layer's units at every simulated step.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActivityTerm {
    /// One for all units, where `by_unit` is empty.
    pub(crate) same: f32,
    /// `[unit]`.
    pub(crate) by_unit: Vec<f32>,
    /// Values in the order in which a backward pass takes the units, `[lane]`.
    by_lane: Vec<f32>,
}

impl ActivityTerm {
    pub(super) fn clear(&mut self) {
        self.same = 0.0;
        self.by_unit.clear();
        self.by_lane.clear();
    }

    /// Whether no unit has a gradient.
    pub(crate) fn is_none(&self) -> bool {
        self.same == 0.0 && self.by_unit.is_empty()
    }

    /// Sorts what there is by unit into the lanes of the layer.
    pub(crate) fn sort(&mut self, view: &LayerView<'_>) {
        if self.by_unit.is_empty() {
            return;
        }
        self.by_lane.resize(view.layout.lanes, 0.0);
        for (unit, &gradient) in self.by_unit.iter().enumerate() {
            self.by_lane[view.layout.lane_of(unit as u32)] = gradient;
        }
    }

    /// dL/dS of a unit.
    pub(crate) fn of_unit(&self, unit: usize) -> f32 {
        self.by_unit.get(unit).copied().unwrap_or(self.same)
    }

    /// As a backward pass takes it.
    pub(crate) fn gradient(&self) -> ActivityGradient<'_> {
        if self.by_unit.is_empty() {
            ActivityGradient::Same(self.same)
        } else {
            ActivityGradient::ByLane(&self.by_lane)
        }
    }
}
