//! Spikes out of cumulative counts, shared by the rate codes (spec 3.2).

use super::rounding::Rounding;

/// The default of `skipZero`.
pub(super) fn skips_zero() -> bool {
    true
}

/// Target number of spikes of a value: `r = (max − min) x + min`, and 0 where a value of 0 is skipped.
pub(super) fn target_count(x: f32, max: f64, min: f64, skip_zero: bool) -> f64 {
    if x == 0.0 && skip_zero { 0.0 } else { (max - min) * f64::from(x) + min }
}

/// Emits `g(c_(k+1)) − g(c_k)` spikes of each unit at step k, where `count(r, k)` is the cumulative count c_k of a unit with
/// the target r, and g rounds.
pub(super) fn events(
    counts: &[f64],
    steps: usize,
    rounding: Rounding,
    count: impl Fn(f64, usize) -> f64,
    events: &mut Vec<(u16, u32)>,
) {
    let whole = |count: f64| match rounding {
        Rounding::Up => count.ceil(),
        Rounding::Down => count.floor(),
    } as u32;
    let mut before: Vec<u32> = counts.iter().map(|&r| whole(count(r, 0))).collect();
    for step in 0..steps {
        for ((unit, &r), before) in (0..).zip(counts).zip(&mut before) {
            let after = whole(count(r, step + 1));
            for _ in *before..after {
                events.push((step as u16, unit));
            }
            *before = after;
        }
    }
}
