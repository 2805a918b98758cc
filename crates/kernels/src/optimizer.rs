//! What an optimiser does with a gradient (spec 7).
//!
//! ```text
//! Adam   m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← keep w − rate m / (√(scale v) + ε)
//! SGD    u ← momentum u + g,  w ← w − rate u
//! ```

use fearless_simd::prelude::*;

/// Adam in the PyTorch convention; with decoupled weight decay AdamW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamStep {
    /// β₁.
    pub beta1: f32,
    /// 1 − β₁, rounded once.
    pub first_share: f32,
    /// β₂.
    pub beta2: f32,
    /// 1 − β₂, rounded once.
    pub second_share: f32,
    /// Rate / (1 − β₁ⁿ).
    pub rate: f32,
    /// 1 / (1 − β₂ⁿ).
    pub second_scale: f32,
    /// ε.
    pub epsilon: f32,
    /// Added to the gradient, times the parameter.
    pub weight_decay: f32,
    /// What decoupled weight decay leaves of a parameter, as a factor.
    pub keep: f32,
}

/// Gradient descent with momentum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdStep {
    /// Step size.
    pub rate: f32,
    /// Fraction of the last update that is kept.
    pub momentum: f32,
    /// Added to the gradient, times the parameter.
    pub weight_decay: f32,
}

/// One step of an optimiser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimizer {
    /// Adam.
    Adam(AdamStep),
    /// Gradient descent.
    Sgd(SgdStep),
}

/// What an optimiser does with one vector.
pub(crate) trait OptimizerStep {
    /// Whether it has a second moment.
    const HAS_SECOND: bool;
    fn decays_weights(&self) -> bool;
    /// Returns 0, or not a number where what it leaves is not finite. `second` is there where `HAS_SECOND`.
    fn apply<S: Simd, V: SimdFloat<S, Element = f32>, const WIDTH: usize>(
        &self,
        simd: S,
        g: V,
        values: &mut [f32; WIDTH],
        first: &mut [f32; WIDTH],
        second: Option<&mut [f32; WIDTH]>,
    ) -> V;
}

impl OptimizerStep for AdamStep {
    const HAS_SECOND: bool = true;

    fn decays_weights(&self) -> bool {
        self.weight_decay != 0.0 || self.keep != 1.0
    }

    #[inline(always)]
    fn apply<S: Simd, V: SimdFloat<S, Element = f32>, const WIDTH: usize>(
        &self,
        simd: S,
        g: V,
        values: &mut [f32; WIDTH],
        first: &mut [f32; WIDTH],
        second: Option<&mut [f32; WIDTH]>,
    ) -> V {
        let splat = |value| V::splat(simd, value);
        let second = second.expect("Adam has a second moment");
        let w = V::from_slice(simd, values);
        let g = g + w * splat(self.weight_decay);
        let m = V::from_slice(simd, first);
        let v = V::from_slice(simd, second);
        let m = floored(simd, m * splat(self.beta1) + g * splat(self.first_share));
        let v = floored(simd, v * splat(self.beta2) + (g * g) * splat(self.second_share));
        let w = w * splat(self.keep)
            - (m * splat(self.rate)) / ((v * splat(self.second_scale)).sqrt() + splat(self.epsilon));
        m.store_slice(first);
        v.store_slice(second);
        w.store_slice(values);
        (w + v) * splat(0.0)
    }
}

impl OptimizerStep for SgdStep {
    const HAS_SECOND: bool = false;

    fn decays_weights(&self) -> bool {
        self.weight_decay != 0.0
    }

    #[inline(always)]
    fn apply<S: Simd, V: SimdFloat<S, Element = f32>, const WIDTH: usize>(
        &self,
        simd: S,
        g: V,
        values: &mut [f32; WIDTH],
        first: &mut [f32; WIDTH],
        _second: Option<&mut [f32; WIDTH]>,
    ) -> V {
        let splat = |value| V::splat(simd, value);
        let w = V::from_slice(simd, values);
        let g = g + w * splat(self.weight_decay);
        let u = V::from_slice(simd, first);
        let u = floored(simd, u * splat(self.momentum) + g);
        let w = w - u * splat(self.rate);
        u.store_slice(first);
        w.store_slice(values);
        w * splat(0.0)
    }
}

/// Least magnitude of a moment: below it the number would soon be denormal.
pub(crate) const MOMENT_FLOOR: f32 = 1e-36;

#[inline(always)]
fn floored<S: Simd, V: SimdFloat<S, Element = f32>>(simd: S, x: V) -> V {
    x.abs().simd_lt(V::splat(simd, MOMENT_FLOOR)).select(V::splat(simd, 0.0), x)
}
