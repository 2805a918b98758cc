use crate::{BackwardTerms, BackwardTile, Reset, ResetPath};

/// What further terms add at one step of one lane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ResetTerms {
    /// Added to E.
    pub(super) steady: f32,
    /// Subtracted from E.
    pub(super) spike: f32,
    /// Added to E.
    pub(super) jump: f32,
    /// Subtracted from dL/dS.
    pub(super) reset_error: f32,
    /// Subtracted from T̄, if the lane fires.
    pub(super) reset_slope: f32,
}

/// Terms of step `t`; `next` are p and q of step `t + 1`, `directs` is G from there on.
pub(super) fn reset_terms(
    tile: &BackwardTile<'_>,
    options: &BackwardTerms<'_>,
    t: usize,
    lane: usize,
    next: (f32, f32),
    directs: &[f32],
) -> ResetTerms {
    let c = tile.constants_of(lane);
    let threshold = tile.threshold(t, lane);
    let bias = options.bias[lane];
    let fired = |t: usize| tile.spikes[t] >> lane & 1 == 1;
    let membrane = |t: usize| tile.trace[t * tile.lanes + lane];
    let current = |t: usize| {
        let before = match t.checked_sub(1) {
            None => 0.0,
            Some(last) if fired(last) => c.reset.carried(membrane(last), tile.threshold(last, lane)),
            Some(last) => membrane(last),
        };
        (membrane(t) - before * c.membrane_decay) - bias
    };
    let drive = |t: usize| {
        let before = if t == 0 || fired(t - 1) { 0.0 } else { current(t - 1) };
        current(t) - before * c.current_decay
    };
    let reached = |path: ResetPath| {
        if path.lag() == 0 {
            return next;
        }
        (t + 1..tile.end.min(t + path.lag() + 1)).rev().fold((0.0, 0.0), |(p, q), u| {
            let (p, q) = if fired(u) { (0.0, 0.0) } else { (p, q) };
            let p = directs[u] + p * c.membrane_decay;
            (p, p + q * c.current_decay)
        })
    };
    let carries = |path: ResetPath| t + 1 < tile.end && path.carries((membrane(t) - threshold).abs());
    let mut terms = ResetTerms { steady: options.steady_at(lane), ..ResetTerms::default() };
    if carries(options.activation_path) {
        let (p, q) = reached(options.activation_path);
        terms.reset_error = match c.reset {
            Reset::All => (membrane(t) * c.membrane_decay) * p + (current(t) * c.current_decay) * q,
            Reset::Membrane => (membrane(t) * c.membrane_decay) * p,
            Reset::Subtract => p * (threshold * c.membrane_decay),
        };
        terms.spike = terms.reset_error * options.factor;
    }
    if carries(options.timing_path) {
        let (p, q) = reached(options.timing_path);
        let from_bias = bias * p;
        let moved = match c.reset {
            Reset::All => {
                (drive(t + 1) * q + drive(t) * (p * c.membrane_decay + q * c.current_decay))
                    + (from_bias + from_bias * c.membrane_decay)
            }
            Reset::Membrane => p * ((current(t + 1) + bias) + (current(t) + bias) * c.membrane_decay),
            Reset::Subtract => {
                let fall = c.membrane_decay * tile.threshold_fall(t, lane);
                p * ((1.0 - c.membrane_decay * c.membrane_decay) * threshold - (fall + fall))
            }
        };
        terms.reset_slope = moved * 0.5;
    }
    terms
}
