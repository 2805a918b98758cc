//! How a layer's gradient is formed: the parts of the rule, its surrogate, and the paths that carry gradient.

use spikelet_kernels::{BackwardTerms, ResetPath, Surrogate};

use crate::connection::layout::Site;
use crate::connection::view::LayerView;

/// How a layer's gradient is formed.
#[derive(Clone, Copy, Debug)]
pub struct LayerPass<'a> {
    /// λ_act · scale; 0: there is no activation part.
    pub factor: f32,
    /// λ_tim; 0: there is no timing part.
    pub timing_weight: f32,
    /// Whether resets stop the gradient.
    pub is_gated: bool,
    /// σ̂.
    pub surrogate: Surrogate<'a>,
    /// Path of the activation part through the reset.
    pub activation_path: ResetPath,
    /// Path of the timing part through the reset.
    pub timing_path: ResetPath,
    /// Whether the effect of spikes on later thresholds carries gradient.
    pub adaptation_path: bool,
    /// Lower bound of V', by which the timing part divides.
    pub slope_floor: f32,
    /// dL/dS at every step, besides what comes from the next layer.
    pub activity_gradient: f32,
}

impl LayerPass<'_> {
    /// Terms of the rule at a site.
    pub(super) fn terms<'a>(&self, view: &LayerView<'a>, site: &Site) -> BackwardTerms<'a> {
        let steady = self.factor * self.activity_gradient;
        BackwardTerms {
            activation_path: self.activation_path,
            timing_path: self.timing_path,
            factor: self.factor,
            steady,
            adaptation_path: self.adaptation_path,
            refractory: view.neuron.refractory,
            units: if steady == 0.0 { 0 } else { view.layout.lanes_in_use(site) },
            bias: view.bias(site),
        }
    }

    /// Whether gradient passes resets.
    pub(crate) fn passes_resets(&self) -> bool {
        self.activation_path != ResetPath::Ignore || self.timing_path != ResetPath::Ignore
    }
}
