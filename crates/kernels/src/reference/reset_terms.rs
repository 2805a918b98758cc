use crate::neuron::{LaneAdjoints, LaneKept, PlainNeuron};
use crate::{BackwardTile, Reset, ResetPath};

/// What further terms add at one step of one lane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ResetTerms {
    /// Subtracted from E.
    pub(super) spike: f32,
    /// Subtracted from dL/dS.
    pub(super) reset_error: f32,
    /// Subtracted from T̄, if the lane fires.
    pub(super) reset_slope: f32,
}

/// Terms of step `t`; `next` are the adjoints of step `t + 1`, `directs` is G from there on.
pub(super) fn reset_terms(
    neuron: &dyn PlainNeuron,
    kept: &LaneKept<'_>,
    t: usize,
    next: &LaneAdjoints,
    directs: &[f32],
) -> ResetTerms {
    let BackwardTile { terms: options, end, .. } = *kept.tile;
    let c = neuron.constants();
    let reached = |path: ResetPath| {
        if path.lag() == 0 {
            return *next;
        }
        let from_later = (t + 1..end.min(t + path.lag() + 1)).rev().fold((0.0, 0.0), |(p, q), u| {
            let (p, q) = if kept.fired(u) { (0.0, 0.0) } else { (p, q) };
            let p = directs[u] + p * c.membrane_decay;
            (p, p + q * c.current_decay)
        });
        LaneAdjoints { p: from_later.0, q: from_later.1, ..*next }
    };
    let distance = (kept.membrane(t) - neuron.threshold(&kept.own(t))).abs();
    let has_path = c.reset != Reset::None && t + 1 < end;
    let carries = |path: ResetPath| has_path && path.carries(distance);
    let mut terms = ResetTerms::default();
    if carries(options.activation_path) {
        terms.reset_error = neuron.taken(kept, t, &reached(options.activation_path));
        terms.spike = terms.reset_error * options.factor;
    }
    if carries(options.timing_path) {
        terms.reset_slope = neuron.moved(kept, t, &reached(options.timing_path)) * 0.5;
    }
    terms
}
