//! What an adjoint sweep computes only when asked: paths through the reset (spec 6.iii), blocked lanes (spec 1.4), a gradient of
//! every spike of the layer (spec 6.vi).
//!
//! ```text
//! E[t] ← E[t] + steady − factor m[t] (αᵥ V[t] p⁺ + αᵢ J[t] q⁺)
//! T̄[t] ← T̄[t] − m[t] r,   r = ½ (Y[t+1] q⁺ + Y[t] (αᵥ p⁺ + αᵢ q⁺) + b p⁺ + αᵥ b p⁺)
//! p⁺, q⁺ = p[t+1], q[t+1];   for `lag` without what comes from steps beyond t + lag
//! J[t] = V[t] − αᵥ (1 − S[t−1]) V[t−1] − b,   Y[t] = J[t] − αᵢ (1 − S[t−1]) J[t−1]
//! G[t], p[t] = 0 while a lane is blocked
//! ```

use fearless_simd::prelude::*;

use crate::lif::load;
use crate::refractory::{blocked_at, blocked_before};
use crate::{AdjointTile, TILE};

/// Which paths through the reset carry gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum ResetPath {
    /// None.
    #[default]
    Ignore,
    /// All.
    Full,
    /// Those of steps with `|V − threshold|` up to this.
    Window(f32),
    /// Those to states up to this many steps later, at least 1.
    Lag(u32),
}

impl ResetPath {
    /// m at a distance from the threshold.
    pub(crate) fn carries(self, distance: f32) -> bool {
        match self {
            Self::Ignore => false,
            Self::Full | Self::Lag(_) => true,
            Self::Window(width) => distance <= width,
        }
    }

    pub(crate) fn lag(self) -> usize {
        if let Self::Lag(lag) = self { lag as usize } else { 0 }
    }
}

/// Optional terms of a sweep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdjointOptions<'a> {
    /// Path of the activation part.
    pub activation_path: ResetPath,
    /// Path of the timing part.
    pub timing_path: ResetPath,
    /// λ_act · scale, the factor of E.
    pub factor: f32,
    /// Added to E of every unit at every step.
    pub steady: f32,
    /// Steps after a spike in which a lane is blocked; [`crate::FIRES_ONCE`] for all.
    pub refractory: u32,
    /// Lanes in use, a bit for each.
    pub units: u64,
    /// b of each lane.
    pub bias: &'a [f32],
}

impl AdjointOptions<'_> {
    /// What is added to E of a lane.
    pub(crate) fn steady_at(&self, lane: usize) -> f32 {
        if self.units >> lane & 1 == 1 { self.steady } else { 0.0 }
    }
}

/// Adjoints of the next step, as far as a path reaches.
type Next<S, const K: usize> = ([<S as Simd>::f32s; K], [<S as Simd>::f32s; K]);

/// The options of `K` vectors on their way down in time.
pub(crate) struct Terms<'a, S: Simd, const K: usize> {
    simd: S,
    tile: &'a AdjointTile<'a>,
    options: AdjointOptions<'a>,
    first: usize,
    bias: [S::f32s; K],
    steady: [S::f32s; K],
    /// G of the last steps that a lag reaches, step t at `t % len`.
    recent: Vec<[S::f32s; K]>,
    /// Blocked lanes of the tile at the step that was last asked for.
    blocked: u64,
}

impl<'a, S: Simd, const K: usize> Terms<'a, S, K> {
    #[inline(always)]
    pub(crate) fn new(simd: S, tile: &'a AdjointTile<'a>, options: AdjointOptions<'a>, first: usize) -> Self {
        let width = K * S::f32s::LEN;
        let zero = [S::f32s::splat(simd, 0.0); K];
        let mut steady = [0.0; TILE];
        steady.iter_mut().enumerate().for_each(|(lane, steady)| *steady = options.steady_at(lane));
        Self {
            simd,
            tile,
            options,
            first,
            bias: load::<S, K>(simd, &options.bias[first..first + width]),
            steady: load::<S, K>(simd, &steady[first..first + width]),
            recent: vec![zero; options.activation_path.lag().max(options.timing_path.lag())],
            blocked: blocked_at(tile.spikes, options.refractory, tile.to),
        }
    }

    /// E with everything that is added to it.
    #[inline(always)]
    pub(crate) fn spike_error(&self, t: usize, next: Next<S, K>, error: Option<[S::f32s; K]>) -> Option<[S::f32s; K]> {
        let path = self.options.activation_path;
        let resets = path != ResetPath::Ignore && t + 1 < self.tile.end;
        if error.is_none() && !resets && self.options.steady == 0.0 {
            return None;
        }
        let mut error = error.unwrap_or([S::f32s::splat(self.simd, 0.0); K]);
        for k in 0..K {
            error[k] += self.steady[k];
        }
        if resets {
            let c = self.tile.constants;
            let (p, q) = self.reached(path, t, next);
            let (membrane, current) = (self.membrane(t), self.current(t));
            for k in 0..K {
                let term = (membrane[k] * c.membrane_decay) * p[k] + (current[k] * c.current_decay) * q[k];
                error[k] -= self.masked(path, membrane[k], term * self.options.factor);
            }
        }
        Some(error)
    }

    /// m r of every lane.
    #[inline(always)]
    pub(crate) fn reset_slope(&self, t: usize, next: Next<S, K>) -> [f32; TILE] {
        let mut slopes = [0.0; TILE];
        let path = self.options.timing_path;
        if path != ResetPath::Ignore && t + 1 < self.tile.end {
            let c = self.tile.constants;
            let (p, q) = self.reached(path, t, next);
            let (membrane, now, later) = (self.membrane(t), self.drive(t), self.drive(t + 1));
            for k in 0..K {
                let from_bias = self.bias[k] * p[k];
                let term = (later[k] * q[k] + now[k] * (p[k] * c.membrane_decay + q[k] * c.current_decay))
                    + (from_bias + from_bias * c.membrane_decay);
                self.masked(path, membrane[k], term * 0.5)
                    .store_slice(&mut slopes[k * S::f32s::LEN..(k + 1) * S::f32s::LEN]);
            }
        }
        slopes
    }

    /// Sets what belongs to blocked lanes to 0.
    #[inline(always)]
    pub(crate) fn block(&self, vectors: &mut [S::f32s; K]) {
        let zero = S::f32s::splat(self.simd, 0.0);
        for k in 0..K {
            let bits = self.blocked >> (self.first + k * S::f32s::LEN);
            vectors[k] = S::mask32s::from_bitmask(self.simd, bits).select(zero, vectors[k]);
        }
    }

    /// Goes down to step `t`.
    #[inline(always)]
    pub(crate) fn enter(&mut self, t: usize) {
        self.blocked = blocked_before(self.blocked, self.tile.spikes, self.options.refractory, t);
    }

    /// Keeps G of step `t` for lags.
    #[inline(always)]
    pub(crate) fn keep(&mut self, t: usize, direct: &[S::f32s; K]) {
        let length = self.recent.len();
        if length > 0 {
            self.recent[t % length] = *direct;
        }
    }

    /// p⁺ and q⁺.
    #[inline(always)]
    fn reached(&self, path: ResetPath, t: usize, next: Next<S, K>) -> Next<S, K> {
        let ResetPath::Lag(lag) = path else { return next };
        let c = self.tile.constants;
        let zero = S::f32s::splat(self.simd, 0.0);
        let (mut p, mut q) = ([zero; K], [zero; K]);
        for u in (t + 1..=self.tile.end.saturating_sub(1).min(t + lag as usize)).rev() {
            let (opened_p, opened_q) = (self.unless_fired(u, p), self.unless_fired(u, q));
            let direct = &self.recent[u % self.recent.len()];
            for k in 0..K {
                p[k] = direct[k] + opened_p[k] * c.membrane_decay;
                q[k] = p[k] + opened_q[k] * c.current_decay;
            }
        }
        (p, q)
    }

    #[inline(always)]
    fn masked(&self, path: ResetPath, membrane: S::f32s, term: S::f32s) -> S::f32s {
        let ResetPath::Window(width) = path else { return term };
        let splat = |value| S::f32s::splat(self.simd, value);
        let distance = (membrane - splat(self.tile.constants.threshold)).abs();
        distance.simd_le(splat(width)).select(term, splat(0.0))
    }

    /// V[t].
    #[inline(always)]
    fn membrane(&self, t: usize) -> [S::f32s; K] {
        load::<S, K>(self.simd, &self.tile.trace[t * self.tile.lanes + self.first..][..K * S::f32s::LEN])
    }

    /// J[t].
    #[inline(always)]
    fn current(&self, t: usize) -> [S::f32s; K] {
        let mut current = self.membrane(t);
        if t > 0 {
            let before = self.unless_fired(t - 1, self.membrane(t - 1));
            for k in 0..K {
                current[k] -= before[k] * self.tile.constants.membrane_decay;
            }
        }
        for k in 0..K {
            current[k] -= self.bias[k];
        }
        current
    }

    /// Y[t].
    #[inline(always)]
    fn drive(&self, t: usize) -> [S::f32s; K] {
        let mut drive = self.current(t);
        if t > 0 {
            let before = self.unless_fired(t - 1, self.current(t - 1));
            for k in 0..K {
                drive[k] -= before[k] * self.tile.constants.current_decay;
            }
        }
        drive
    }

    /// 0 in lanes that fired at step `t`.
    #[inline(always)]
    fn unless_fired(&self, t: usize, mut vectors: [S::f32s; K]) -> [S::f32s; K] {
        let zero = S::f32s::splat(self.simd, 0.0);
        for k in 0..K {
            let bits = self.tile.spikes[t] >> (self.first + k * S::f32s::LEN);
            vectors[k] = S::mask32s::from_bitmask(self.simd, bits).select(zero, vectors[k]);
        }
        vectors
    }
}
