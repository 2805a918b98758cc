use spikelet_kernels::Level;

/// A level of the kernels as `fearless_simd` dispatches by it; this machine has it.
pub(crate) fn simd(level: Level) -> fearless_simd::Level {
    let best = fearless_simd::Level::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        use fearless_simd::Level as L;
        let of_name = match level.name() {
            "avx512" => best.as_avx512().map(L::Avx512),
            "avx2" => best.as_avx2().map(L::Avx2),
            "sse4.2" => best.as_sse4_2().map(L::Sse4_2),
            _ => best.as_sse2().map(L::Sse2),
        };
        of_name.unwrap_or(best)
    }
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    {
        let _ = level;
        best
    }
}
