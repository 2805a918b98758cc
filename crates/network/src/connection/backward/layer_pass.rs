//! How a layer's gradient is formed: the parts of the rule, its surrogate, and the paths that carry gradient.

use spikelet_kernels::{ActivityError, BackwardTerms, ResetPath, Surrogate};

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
    pub activity: ActivityGradient<'a>,
}

/// dL/dS of the units of a layer that every step has.
#[derive(Clone, Copy, Debug)]
pub enum ActivityGradient<'a> {
    /// One for all units.
    Same(f32),
    /// A number for each lane of the layer, 0 in those that are not in use.
    ByLane(&'a [f32]),
}

impl<'a> LayerPass<'a> {
    /// Whether activity terms add to E.
    pub(crate) fn has_activity(&self) -> bool {
        match self.activity {
            ActivityGradient::Same(gradient) => self.factor * gradient != 0.0,
            ActivityGradient::ByLane(_) => self.factor != 0.0,
        }
    }

    /// What activity terms add to E of a lane that is in use, of all lanes of the layer.
    pub(crate) fn activity_error(&self, lane: usize) -> f32 {
        match self.activity {
            ActivityGradient::Same(gradient) => self.factor * gradient,
            ActivityGradient::ByLane(gradient) => self.factor * gradient[lane],
        }
    }

    /// What activity terms add to E at a site.
    fn activity_at(&self, view: &LayerView<'_>, site: &Site) -> ActivityError<'a> {
        match self.activity {
            _ if !self.has_activity() => ActivityError::None,
            ActivityGradient::Same(gradient) => {
                ActivityError::Same { value: self.factor * gradient, units: view.layout.lanes_in_use(site) }
            }
            ActivityGradient::ByLane(gradient) => {
                ActivityError::ByLane { gradient: &gradient[site.lane..][..site.lanes], factor: self.factor }
            }
        }
    }

    /// Terms of the rule at a site.
    pub(super) fn terms(&self, view: &LayerView<'a>, site: &Site) -> BackwardTerms<'a> {
        BackwardTerms {
            activation_path: self.activation_path,
            timing_path: self.timing_path,
            factor: self.factor,
            activity: self.activity_at(view, site),
            adaptation_path: self.adaptation_path,
            refractory: view.neuron.refractory,
            bias: view.bias(site),
        }
    }

    /// Whether gradient passes resets.
    pub(crate) fn passes_resets(&self) -> bool {
        self.activation_path != ResetPath::Ignore || self.timing_path != ResetPath::Ignore
    }
}
