//! Paths through the reset (spec 6.iii): what a spike takes from later states (e), and what its time changes of them (r).
//!
//! ```text
//! all        e = αᵥ V[t] p⁺ + αᵢ J[t] q⁺,   r = ½ (Y[t+1] q⁺ + Y[t] (αᵥ p⁺ + αᵢ q⁺) + b p⁺ + αᵥ b p⁺)
//! membrane   e = αᵥ V[t] p⁺,                r = ½ p⁺ (J[t+1] + b + αᵥ (J[t] + b))
//! subtract   e = αᵥ threshold p⁺,           r = ½ (1 − αᵥ²) threshold p⁺
//!
//! p⁺, q⁺ = p[t+1], q[t+1];   for `lag` without what comes from steps beyond t + lag
//! m[t] = 1;                  for `window` 0 where |V[t] − threshold| exceeds its width
//! ```
//!
//! With thresholds that adapt (`neuron/alif.rs`), r of `subtract` loses `αᵥ κ (1 − ρ) a[t] p⁺`.

use fearless_simd::prelude::*;

use super::TermsPass;
use crate::Reset;
use crate::backward::terms::ResetPath;
use crate::neuron::{Lif, LifAdjoints};

/// p⁺ and q⁺, as far as a path reaches.
type Next<S, const K: usize> = ([<S as Simd>::f32s; K], [<S as Simd>::f32s; K]);

impl<S: Simd, const K: usize> TermsPass<'_, S, K> {
    /// Whether a path reaches beyond step `t`.
    pub(super) fn passes(&self, path: ResetPath, t: usize) -> bool {
        path != ResetPath::Ignore && t + 1 < self.tile.end
    }

    /// m r of every lane.
    #[inline(always)]
    pub(super) fn reset_slope(&self, t: usize, next: &LifAdjoints<S, K>) -> [S::f32s; K] {
        let path = self.terms.timing_path;
        let mut slope = [S::f32s::splat(self.simd, 0.0); K];
        if self.passes(path, t) {
            let (p, q) = self.reached(path, t, (next.p, next.q));
            let (membrane, moved) = (self.membrane(t), self.moved_reset(t, &p, &q));
            for k in 0..K {
                slope[k] = self.masked(path, membrane[k], moved[k] * 0.5);
            }
        }
        slope
    }

    /// 2 r.
    #[inline(always)]
    fn moved_reset(&self, t: usize, p: &[S::f32s; K], q: &[S::f32s; K]) -> [S::f32s; K] {
        let Lif { current_decay, membrane_decay, threshold, .. } = self.neuron;
        let mut moved = [S::f32s::splat(self.simd, 0.0); K];
        match self.tile.constants.reset {
            Reset::All => {
                let (now, later) = (self.drive(t), self.drive(t + 1));
                for k in 0..K {
                    let from_bias = self.bias[k] * p[k];
                    moved[k] = (later[k] * q[k] + now[k] * (p[k] * membrane_decay + q[k] * current_decay))
                        + (from_bias + from_bias * membrane_decay);
                }
            }
            Reset::Membrane => {
                let (now, later) = (self.current(t), self.current(t + 1));
                for k in 0..K {
                    let driven = (later[k] + self.bias[k]) + (now[k] + self.bias[k]) * membrane_decay;
                    moved[k] = p[k] * driven;
                }
            }
            Reset::Subtract => {
                let one = S::f32s::splat(self.simd, 1.0);
                let mut jump = [(one - membrane_decay * membrane_decay) * threshold; K];
                if let Some(adaptation) = &self.adaptation {
                    let now = adaptation.at(self.simd, self.tile, t);
                    let fall = membrane_decay * adaptation.neuron.fall(self.simd, 0, now);
                    for k in 0..K {
                        jump[k] -= fall + fall;
                    }
                }
                for k in 0..K {
                    moved[k] = p[k] * jump[k];
                }
            }
        }
        moved
    }

    /// e: what a spike takes from later states.
    #[inline(always)]
    pub(super) fn taken(&self, t: usize, p: &[S::f32s; K], q: &[S::f32s; K]) -> [S::f32s; K] {
        let Lif { current_decay, membrane_decay, threshold, .. } = self.neuron;
        let mut taken = self.membrane(t);
        match self.tile.constants.reset {
            Reset::All => {
                let current = self.current(t);
                for k in 0..K {
                    taken[k] = (taken[k] * membrane_decay) * p[k] + (current[k] * current_decay) * q[k];
                }
            }
            Reset::Membrane => {
                for k in 0..K {
                    taken[k] = (taken[k] * membrane_decay) * p[k];
                }
            }
            Reset::Subtract => {
                for k in 0..K {
                    taken[k] = p[k] * (threshold * membrane_decay);
                }
            }
        }
        taken
    }

    /// p⁺ and q⁺.
    #[inline(always)]
    pub(super) fn reached(&self, path: ResetPath, t: usize, next: Next<S, K>) -> Next<S, K> {
        let ResetPath::Lag(lag) = path else { return next };
        let Lif { current_decay, membrane_decay, .. } = self.neuron;
        let zero = S::f32s::splat(self.simd, 0.0);
        let (mut p, mut q) = ([zero; K], [zero; K]);
        for u in (t + 1..=self.tile.end.saturating_sub(1).min(t + lag as usize)).rev() {
            let (opened_p, opened_q) = (self.unless_fired(u, p), self.unless_fired(u, q));
            let direct = &self.recent[u % self.recent.len()];
            for k in 0..K {
                p[k] = direct[k] + opened_p[k] * membrane_decay;
                q[k] = p[k] + opened_q[k] * current_decay;
            }
        }
        (p, q)
    }

    #[inline(always)]
    pub(super) fn masked(&self, path: ResetPath, membrane: S::f32s, term: S::f32s) -> S::f32s {
        let ResetPath::Window(width) = path else { return term };
        let splat = |value| S::f32s::splat(self.simd, value);
        let distance = (membrane - self.neuron.threshold).abs();
        distance.simd_le(splat(width)).select(term, splat(0.0))
    }
}
