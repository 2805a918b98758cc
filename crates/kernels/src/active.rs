//! Where a surrogate derivative with compact support is not 0: the only places at which such a rule needs an error.

use fearless_simd::dispatch;
use fearless_simd::prelude::*;

use crate::{Level, Surrogate};

impl Surrogate {
    /// Whether σ̂ is 0 from some distance on.
    #[must_use]
    pub fn is_compact(self) -> bool {
        matches!(self, Self::Triangle { .. } | Self::Rectangle { .. })
    }
}

/// Sets `active[t]` to the lanes at which σ̂ is not 0, where `trace` is V before reset, `[step][lane]`; all lanes unless σ̂ is compact.
pub fn mark_active(
    level: Level,
    surrogate: Surrogate,
    threshold: f32,
    trace: &[f32],
    lanes: usize,
    active: &mut [u64],
) {
    dispatch!(level.0, simd => mark_vector(simd, surrogate, threshold, trace, lanes, active));
}

#[inline(always)]
fn mark_vector<S: Simd>(
    simd: S,
    surrogate: Surrogate,
    threshold: f32,
    trace: &[f32],
    lanes: usize,
    active: &mut [u64],
) {
    let splat = |value| S::f32s::splat(simd, value);
    for (bits, row) in active.iter_mut().zip(trace.chunks_exact(lanes)) {
        *bits = 0;
        for (number, vector) in row.chunks_exact(S::f32s::LEN).enumerate() {
            let distance = (S::f32s::from_slice(simd, vector) - splat(threshold)).abs();
            let is_active = match surrogate {
                Surrogate::Triangle { fall } => (splat(1.0) - distance * splat(fall)).simd_gt(splat(0.0)),
                Surrogate::Rectangle { half_width } => distance.simd_le(splat(half_width)),
                _ => distance.simd_ge(splat(0.0)),
            };
            *bits |= is_active.to_bitmask() << (number * S::f32s::LEN);
        }
    }
}
