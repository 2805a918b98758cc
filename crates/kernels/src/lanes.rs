//! Vectors of neighbouring lanes: to and from memory, and the floor of recurrences.

use fearless_simd::prelude::*;

use crate::{FLOOR, LANES};

/// Whether `count` vectors fit into the `lanes` that are left of a tile: known at compile time where they fit into [`LANES`], so that
/// no code is made for fewer.
#[inline(always)]
pub(crate) fn fit<S: Simd>(count: usize, lanes: usize) -> bool {
    let needed = count * S::f32s::LEN;
    LANES >= needed || lanes >= needed
}

#[inline(always)]
pub(crate) fn load<S: Simd, const K: usize>(simd: S, from: &[f32]) -> [S::f32s; K] {
    let mut vectors = [S::f32s::splat(simd, 0.0); K];
    for k in 0..K {
        vectors[k] = S::f32s::from_slice(simd, &from[k * S::f32s::LEN..(k + 1) * S::f32s::LEN]);
    }
    vectors
}

#[inline(always)]
pub(crate) fn store<S: Simd, const K: usize>(vectors: &[S::f32s; K], to: &mut [f32]) {
    for k in 0..K {
        vectors[k].store_slice(&mut to[k * S::f32s::LEN..(k + 1) * S::f32s::LEN]);
    }
}

/// The greater of two values in each lane, `b` where one is NaN: `max` of x86, `pmax` of WebAssembly, whose `max` looks for NaN and the
/// sign of 0 at the price of six more instructions.
#[inline(always)]
pub(crate) fn greater<S: Simd, V: SimdFloat<S, Element = f32>>(a: V, b: V) -> V {
    #[cfg(target_arch = "wasm32")]
    return wasm::by_parts(a, b, |a, b| core::arch::wasm32::f32x4_pmax(b, a));
    #[cfg(not(target_arch = "wasm32"))]
    a.max(b)
}

/// The lesser of two values in each lane, `b` where one is NaN, by the instruction that does not look for NaN.
#[inline(always)]
pub(crate) fn lesser<S: Simd, V: SimdFloat<S, Element = f32>>(a: V, b: V) -> V {
    #[cfg(target_arch = "wasm32")]
    return wasm::by_parts(a, b, |a, b| core::arch::wasm32::f32x4_pmin(b, a));
    #[cfg(not(target_arch = "wasm32"))]
    a.min(b)
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use core::arch::wasm32::v128;

    use fearless_simd::f32x4;
    use fearless_simd::prelude::*;

    /// An operation that has no name in `fearless_simd`.
    #[inline(always)]
    pub(super) fn by_parts<S: Simd, V: SimdFloat<S, Element = f32>>(
        mut a: V,
        b: V,
        operation: impl Fn(v128, v128) -> v128,
    ) -> V {
        let simd = a.token();
        let part = |lanes: &[f32]| v128::from(f32x4::from_slice(simd, lanes));
        let parts = a.as_mut_slice().chunks_exact_mut(f32x4::<S>::LEN);
        for (a, b) in parts.zip(b.as_slice().chunks_exact(f32x4::<S>::LEN)) {
            let result: f32x4<S> = operation(part(a), part(b)).simd_into(simd);
            result.store_slice(a);
        }
        a
    }
}

/// Zero where the magnitude is below [`FLOOR`].
#[inline(always)]
pub(crate) fn flush<S: Simd, const K: usize>(simd: S, vectors: &mut [S::f32s; K]) {
    let floor = S::f32s::splat(simd, FLOOR);
    let zero = S::f32s::splat(simd, 0.0);
    for vector in vectors {
        *vector = vector.abs().simd_lt(floor).select(zero, *vector);
    }
}

/// Zero in the lanes whose `bits` are set; the first lane of `vectors` is lane `first` of the bits.
#[inline(always)]
pub(crate) fn clear<S: Simd, const K: usize>(simd: S, bits: u64, first: usize, vectors: &mut [S::f32s; K]) {
    let zero = S::f32s::splat(simd, 0.0);
    for k in 0..K {
        let mask = S::mask32s::from_bitmask(simd, bits >> (first + k * S::f32s::LEN));
        vectors[k] = mask.select(zero, vectors[k]);
    }
}
