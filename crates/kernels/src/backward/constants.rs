//! What learnt constants get of a pass (spec 12), summed on its way down in time.
//!
//! ```text
//! αᵢ   Σ_(t≥1) q[t] gᵢ[t−1] J[t−1]        threshold   Σ Θ[t]
//! αᵥ   Σ_(t≥1) p[t] c[t−1]                κ           Σ Θ[t] a[t]
//! ```

use fearless_simd::prelude::*;

/// Sums of a tile, `[lane]` each; added to what is there.
#[derive(Debug)]
pub struct ConstantSums<'a> {
    /// Sum for αᵢ.
    pub current_decay: &'a mut [f32],
    /// Sum for αᵥ.
    pub membrane_decay: &'a mut [f32],
    /// Sum for the threshold.
    pub threshold: &'a mut [f32],
    /// Sum for κ.
    pub adaptation_strength: &'a mut [f32],
}

/// Sums of one vector of lanes, in registers.
#[derive(Clone, Copy)]
pub(super) struct VectorSums<S: Simd> {
    pub(super) current_decay: S::f32s,
    pub(super) membrane_decay: S::f32s,
    pub(super) threshold: S::f32s,
    pub(super) adaptation_strength: S::f32s,
}

impl<S: Simd> VectorSums<S> {
    /// The sums so far of the lanes from `first` on.
    #[inline(always)]
    pub(super) fn load(simd: S, from: &ConstantSums<'_>, first: usize) -> Self {
        let at = |values: &[f32]| S::f32s::from_slice(simd, &values[first..first + S::f32s::LEN]);
        Self {
            current_decay: at(from.current_decay),
            membrane_decay: at(from.membrane_decay),
            threshold: at(from.threshold),
            adaptation_strength: at(from.adaptation_strength),
        }
    }

    #[inline(always)]
    pub(super) fn store(&self, to: &mut ConstantSums<'_>, first: usize) {
        let lanes = first..first + S::f32s::LEN;
        self.current_decay.store_slice(&mut to.current_decay[lanes.clone()]);
        self.membrane_decay.store_slice(&mut to.membrane_decay[lanes.clone()]);
        self.threshold.store_slice(&mut to.threshold[lanes.clone()]);
        self.adaptation_strength.store_slice(&mut to.adaptation_strength[lanes]);
    }
}
