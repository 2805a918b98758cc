//! Loops over slices of one length, which become vectors. They are a crate of their own so that they can be compiled for speed and
//! everything else for size.
#![no_std]
#![forbid(unsafe_code)]

/// Smaller magnitudes become 0.
const FLOOR: f32 = 1e-20;

/// J = αᵢ J + γ X,   V = αᵥ c + J + b, with one constant for all.
#[inline(never)]
pub fn integrate(
    current: &mut [f32],
    membrane: &mut [f32],
    drive: &[f32],
    bias: &[f32],
    [alpha, beta, gamma]: [f32; 3],
) {
    let units = current.len();
    let (membrane, drive, bias) = (&mut membrane[..units], &drive[..units], &bias[..units]);
    for k in 0..units {
        current[k] = current[k] * alpha + drive[k] * gamma;
        membrane[k] = (membrane[k] * beta + current[k]) + bias[k];
    }
}

/// J = αᵢ J + γ X,   V = αᵥ c + J + b, with constants of each unit.
#[inline(never)]
pub fn integrate_each(
    current: &mut [f32],
    membrane: &mut [f32],
    drive: &[f32],
    bias: &[f32],
    [alpha, beta, gamma]: [&[f32]; 3],
) {
    let units = current.len();
    let (membrane, drive, bias) = (&mut membrane[..units], &drive[..units], &bias[..units]);
    let (alpha, beta, gamma) = (&alpha[..units], &beta[..units], &gamma[..units]);
    for k in 0..units {
        current[k] = current[k] * alpha[k] + drive[k] * gamma[k];
        membrane[k] = (membrane[k] * beta[k] + current[k]) + bias[k];
    }
}

/// Whether any membrane is at its threshold, which units may share; without an early end.
#[inline(never)]
#[must_use]
pub fn reaches(membranes: &[f32], thresholds: &[f32]) -> bool {
    match thresholds {
        [threshold] => membranes.iter().fold(false, |any, membrane| any | (membrane >= threshold)),
        _ => membranes.iter().zip(thresholds).fold(false, |any, (membrane, threshold)| any | (membrane >= threshold)),
    }
}

/// Adds `value` times the weights to the sums.
#[inline(never)]
pub fn add_row(weights: &[f32], value: f32, sums: &mut [f32]) {
    sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight * value);
}

/// Adds `scale` times the sums to the drive, and sets them to 0.
#[inline(never)]
pub fn move_sums(sums: &mut [f32], scale: f32, drive: &mut [f32]) {
    for (drive, sum) in drive.iter_mut().zip(sums) {
        *drive += scale * *sum;
        *sum = 0.0;
    }
}

/// Sets tiny numbers to 0.
#[inline(never)]
pub fn flush(state: &mut [f32]) {
    state.iter_mut().for_each(|value| *value = if value.abs() < FLOOR { 0.0 } else { *value });
}
