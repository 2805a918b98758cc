//! Powers of two.

use spikelet_kernels::exp2;

/// Smaller arguments count as this one.
const MIN: f32 = -64.0;

#[test]
#[expect(clippy::disallowed_methods, reason = "every libm is exact enough to compare with")]
fn differs_from_the_power_by_a_few_roundings() {
    for k in -6_399_i16..=6_399 {
        let x = f32::from(k) / 100.0;
        let error = f64::from(exp2(x)) / f64::from(x).exp2() - 1.0;
        assert!(error.abs() < 3.5e-7, "2^{x}: {error:e}");
    }
}

#[test]
fn is_exact_for_whole_numbers() {
    for k in -64_i16..=126 {
        let exponent = (127 + k).unsigned_abs();
        assert_eq!(exp2(f32::from(k)).to_bits(), u32::from(exponent) << 23);
    }
}

#[test]
fn takes_small_arguments_as_the_smallest() {
    for x in [-64.5, -1e3, f32::MIN, f32::NEG_INFINITY, f32::NAN] {
        assert_eq!(exp2(x).to_bits(), exp2(MIN).to_bits());
    }
}
