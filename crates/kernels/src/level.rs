//! The SIMD level is a value: detected once, or forced by name in a test.

use std::fmt;

/// `dispatch!(level.0, simd => …)`: runs an expression compiled for a level.
#[cfg(not(all(debug_assertions, target_arch = "x86_64")))]
pub(crate) use fearless_simd::dispatch;

/// Whether [`dispatch`] knows each level of x86-64. With debug assertions it knows two: such builds are made often, and none is measured.
#[cfg(target_arch = "x86_64")]
const EVERY_LEVEL: bool = cfg!(not(debug_assertions));
#[cfg(target_arch = "x86")]
const EVERY_LEVEL: bool = true;

#[cfg(all(debug_assertions, target_arch = "x86_64"))]
macro_rules! dispatch {
    ($level:expr, $simd:pat => $op:expr) => {{
        #[inline(always)]
        fn token<S: fearless_simd::Simd>(simd: S) -> impl fearless_simd::Simd {
            simd
        }
        let level: fearless_simd::Level = $level;
        if let Some(avx2) = level.as_avx2() {
            let $simd = token(avx2);
            fearless_simd::Simd::vectorize(
                avx2,
                #[inline(always)]
                || $op,
            )
        } else {
            let sse2 = level.as_sse2().expect("x86-64 has SSE2");
            let $simd = token(sse2);
            fearless_simd::Simd::vectorize(
                sse2,
                #[inline(always)]
                || $op,
            )
        }
    }};
}
#[cfg(all(debug_assertions, target_arch = "x86_64"))]
pub(crate) use dispatch;

/// A set of SIMD instructions that this machine has.
#[derive(Clone, Copy, Debug)]
pub struct Level(pub(crate) fearless_simd::Level);

impl Level {
    /// The best level of this machine.
    #[must_use]
    pub fn detect() -> Self {
        #[cfg(all(debug_assertions, target_arch = "x86_64"))]
        return Self::available()[0];
        #[cfg(not(all(debug_assertions, target_arch = "x86_64")))]
        Self(fearless_simd::Level::new())
    }

    /// Every level of this machine, the best first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let best = fearless_simd::Level::new();
        let mut levels = Vec::new();
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        {
            use fearless_simd::Level as L;
            levels.extend(best.as_avx512().filter(|_| EVERY_LEVEL).map(L::Avx512).map(Self));
            levels.extend(best.as_avx2().map(L::Avx2).map(Self));
            levels.extend(best.as_sse4_2().filter(|_| EVERY_LEVEL).map(L::Sse4_2).map(Self));
            levels.extend(best.as_sse2().map(L::Sse2).map(Self));
        }
        if levels.is_empty() {
            levels.push(Self(best));
        }
        levels
    }

    /// The level of that name, if this machine has it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::available().into_iter().find(|level| level.name() == name)
    }

    /// `avx512`, `avx2`, `sse4.2`, `sse2`, `neon`, `simd128` or `fallback`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            fearless_simd::Level::Avx512(_) => "avx512",
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            fearless_simd::Level::Avx2(_) => "avx2",
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            fearless_simd::Level::Sse4_2(_) => "sse4.2",
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            fearless_simd::Level::Sse2(_) => "sse2",
            #[cfg(target_arch = "aarch64")]
            fearless_simd::Level::Neon(_) => "neon",
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            fearless_simd::Level::WasmSimd128(_) => "simd128",
            _ => "fallback",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
