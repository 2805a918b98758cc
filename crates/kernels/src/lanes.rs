//! Vectors of neighbouring lanes: to and from memory, and the floor of recurrences.

use fearless_simd::prelude::*;

use crate::{FLOOR, LANES};

/// Whether `count` vectors fit into the `lanes` that are left of a tile: known at compile time where they fit into [`LANES`], so that
/// no code is made for fewer.
#[inline(always)]
pub(crate) fn fit<S: Simd>(count: usize, lanes: usize) -> bool {
    let wanted = count * S::f32s::LEN;
    LANES >= wanted || lanes >= wanted
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

/// The greater of two values in each lane, `b` where one is NaN: `max` of x86. That of WebAssembly looks for NaN and the sign of 0, at
/// the price of six more instructions; a comparison and a selection would take three more of SSE2.
#[inline(always)]
pub(crate) fn greater<S: Simd, V: SimdFloat<S>>(a: V, b: V) -> V
where
    V::Mask: Select<V>,
{
    if cfg!(target_arch = "wasm32") { b.simd_lt(a).select(a, b) } else { a.max(b) }
}

/// The lesser, likewise.
#[inline(always)]
pub(crate) fn lesser<S: Simd, V: SimdFloat<S>>(a: V, b: V) -> V
where
    V::Mask: Select<V>,
{
    if cfg!(target_arch = "wasm32") { a.simd_lt(b).select(a, b) } else { a.min(b) }
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
