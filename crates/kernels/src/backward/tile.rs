//! What a backward pass of a tile takes and where its results go.

use super::terms::{BackwardTerms, ObservedBackward};
use crate::surrogate::Surrogate;
use crate::{LaneConstants, LifConstants, constant};

/// In [`BackwardOutput::rows`]: the step has no row.
pub const NO_ROW: u32 = u32::MAX;

/// What enters the projected adjoints at a step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Injection {
    /// Unit j of the next layer.
    pub unit: u32,
    /// x.
    pub membrane: f32,
    /// y.
    pub current: f32,
}

/// The activation part's E of a tile.
#[derive(Clone, Copy, Debug)]
pub enum SpikeError<'a> {
    /// `[step][lane]`.
    Given(&'a [f32]),
    /// Carried along, with the tile's own decays.
    Projected(ProjectedError<'a>),
    /// From a next layer whose direct gradient is the same at every step.
    Steady(SteadyError<'a>),
}

/// What leads to E of a layer whose next one has few direct gradients.
#[derive(Clone, Copy, Debug)]
pub struct ProjectedError<'a> {
    /// `[unit of the next layer][lane]`.
    pub weights: &'a [f32],
    /// Start of each step in `injections`, and the end of the last.
    pub offsets: &'a [u32],
    /// By step; x and y are already in units of E.
    pub injections: &'a [Injection],
}

/// What E of a layer is where each step of the next one injects the same x, and no y: `E[t] = φ[t] Σ_j W_j x_j`.
#[derive(Clone, Copy, Debug)]
pub struct SteadyError<'a> {
    /// `[unit of the next layer][lane]`.
    pub weights: &'a [f32],
    /// x of a step, already in units of E.
    pub injections: &'a [Injection],
    /// φ, `[step]`; see [`crate::steady_course`].
    pub course: &'a [f32],
}

/// A tile, its trace and the gradients that reach its output.
#[derive(Clone, Copy, Debug)]
pub struct BackwardTile<'a> {
    /// Lanes of the tile.
    pub lanes: usize,
    /// Steps before which gradients arrive.
    pub end: usize,
    /// First step of this pass; 0 where E is projected or a reset path has a lag.
    pub from: usize,
    /// Step before which this pass starts; `end` where E is projected or a reset path has a lag.
    pub to: usize,
    /// V before reset, `[step][lane]`.
    pub trace: &'a [f32],
    /// Bits of the lanes that fired, `[step]`.
    pub spikes: &'a [u64],
    /// E; `None`: there is no activation part.
    pub error: Option<SpikeError<'a>>,
    /// T̄ of each spike of the steps passed, in order of `(step, lane)`; empty: there is no timing part.
    pub timing: &'a [f32],
    /// λ_tim.
    pub timing_weight: f32,
    /// Whether resets stop the gradient.
    pub is_gated: bool,
    /// σ̂.
    pub surrogate: Surrogate<'a>,
    /// Least V'.
    pub slope_floor: f32,
    /// The neuron.
    pub constants: LifConstants,
    /// Constants that replace those of the neuron, but for its reset.
    pub by_lane: Option<LaneConstants<'a>>,
    /// The neuron's own states before the reset, `[state][step][lane]`; empty without constants by lane.
    pub own_trace: &'a [f32],
    /// J before reset, `[step][lane]`; empty unless constants are learnt.
    pub current: &'a [f32],
    /// Terms of the rule.
    pub terms: BackwardTerms<'a>,
}

impl BackwardTile<'_> {
    /// θ of a lane at step `t`.
    pub(crate) fn threshold(&self, t: usize, lane: usize) -> f32 {
        let at = t * self.lanes + lane;
        self.by_lane.as_ref().map_or(self.constants.threshold, |lanes| lanes.threshold_at(lane, self.own_trace, at))
    }

    /// αᵥ of a lane.
    pub(crate) fn membrane_decay(&self, lane: usize) -> f32 {
        self.by_lane.as_ref().map_or(self.constants.membrane_decay, |lanes| lanes.of(constant::MEMBRANE_DECAY)[lane])
    }

    /// Fall of the threshold of a lane after step `t` until the next one, as V' counts it.
    pub(crate) fn threshold_fall(&self, t: usize, lane: usize) -> f32 {
        let at = t * self.lanes + lane;
        self.by_lane.as_ref().map_or(0.0, |lanes| lanes.threshold_fall(lane, self.own_trace, at))
    }
}

/// Where the adjoints go. What has an empty slice is not kept.
#[derive(Debug)]
pub struct BackwardOutput<'a> {
    /// Row of `q_rows` for each step, or [`NO_ROW`].
    pub rows: &'a [u32],
    /// Adjoint q at the steps that have a row, `[row][lane]`.
    pub q_rows: &'a mut [f32],
    /// Gradient r by delay at the rows asked for, `[row][lane]`.
    pub r_rows: &'a mut [f32],
    /// q at every step before `end`, `[step · stride + offset + lane]`; with constants by lane, q and r are times γ.
    pub q: &'a mut [f32],
    /// Gradient r by delay at every step before `end`, laid out as `q`.
    pub r: &'a mut [f32],
    /// Adjoint p at every step before `end`, laid out as `q`.
    pub p: &'a mut [f32],
    /// Direct gradient G at every step before `end`, laid out as `q`.
    pub direct: &'a mut [f32],
    /// Distance between two steps of `q`, `r`, `p`, `direct`.
    pub stride: usize,
    /// First lane of the tile in them.
    pub offset: usize,
    /// Σ_t p, `[lane]`, with constants by lane times β_b; added to what is there.
    pub bias: &'a mut [f32],
    /// p and q of step `to`, `[lane]`, and the neuron's own adjoints, `[adjoint][lane]`, which those of step `from` replace; empty: 0,
    /// and not kept.
    pub carried: [&'a mut [f32]; 3],
    /// Sums for learnt constants, `[constant][lane]` as in [`LaneConstants`], added to what is there.
    pub constants: Option<&'a mut [f32]>,
    /// Working memory: `λ_tim (−T̄ / V')` of each spike.
    pub timing_terms: &'a mut Vec<f32>,
    /// For those who look.
    pub observed: Option<ObservedBackward<'a>>,
}

impl BackwardOutput<'_> {
    /// Whether r of any step is asked for.
    pub(crate) fn has_r(&self) -> bool {
        !self.r.is_empty() || !self.r_rows.is_empty()
    }
}
