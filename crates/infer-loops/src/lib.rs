//! Loops over slices of one length, which become vectors. They are a crate of their own so that they can be compiled for speed and
//! everything else for size. Sums are bits: of a number of single precision, or of a whole number with a sign.
#![no_std]
#![forbid(unsafe_code)]

/// Smaller magnitudes become 0.
const FLOOR: f32 = 1e-20;

/// J = αᵢ J + γ X,   V = αᵥ c + J + b, with one constant for all.
#[inline(never)]
pub fn integrate(
    current: &mut [f32],
    membrane: &mut [f32],
    drive: &[u32],
    bias: &[f32],
    [alpha, beta, gamma]: [f32; 3],
) {
    let units = current.len();
    let (membrane, drive, bias) = (&mut membrane[..units], &drive[..units], &bias[..units]);
    for k in 0..units {
        current[k] = current[k] * alpha + f32::from_bits(drive[k]) * gamma;
        membrane[k] = (membrane[k] * beta + current[k]) + bias[k];
    }
}

/// J = αᵢ J + γ X,   V = αᵥ c + J + b, with constants of each unit.
#[inline(never)]
pub fn integrate_each(
    current: &mut [f32],
    membrane: &mut [f32],
    drive: &[u32],
    bias: &[f32],
    [alpha, beta, gamma]: [&[f32]; 3],
) {
    let units = current.len();
    let (membrane, drive, bias) = (&mut membrane[..units], &drive[..units], &bias[..units]);
    let (alpha, beta, gamma) = (&alpha[..units], &beta[..units], &gamma[..units]);
    for k in 0..units {
        current[k] = current[k] * alpha[k] + f32::from_bits(drive[k]) * gamma[k];
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
pub fn add_row(weights: &[f32], value: f32, sums: &mut [u32]) {
    sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum = plus(*sum, weight * value));
}

/// Adds a number of single precision to a sum.
#[inline]
#[must_use]
pub fn plus(sum: u32, value: f32) -> u32 {
    (f32::from_bits(sum) + value).to_bits()
}

/// Adds whole weights to the sums, exactly between ±2³¹.
#[inline(never)]
pub fn add_whole(weights: &[i8], sums: &mut [u32]) {
    sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum = sum.wrapping_add_signed((*weight).into()));
}

/// Rows that [`add_rows`] adds at once, in order.
pub const ROWS: usize = 4;

/// Adds values times rows of weights to the sums, as [`add_row`] does one by one; sums are written once.
#[inline(never)]
pub fn add_rows(rows: [(&[f32], f32); ROWS], sums: &mut [u32]) {
    let units = sums.len();
    let [(a, by_a), (b, by_b), (c, by_c), (d, by_d)] = rows.map(|(row, value)| (&row[..units], value));
    for k in 0..units {
        let sum = f32::from_bits(sums[k]);
        sums[k] = ((((sum + a[k] * by_a) + b[k] * by_b) + c[k] * by_c) + d[k] * by_d).to_bits();
    }
}

/// Adds `scale` times the sums to the drive, and sets them to 0.
#[inline(never)]
pub fn move_sums(sums: &mut [u32], scale: f32, drive: &mut [u32]) {
    for (drive, sum) in drive.iter_mut().zip(sums) {
        *drive = plus(*drive, scale * f32::from_bits(*sum));
        *sum = 0;
    }
}

/// Adds the sums of whole numbers to the drive, and sets them to 0.
#[inline(never)]
pub fn move_whole(sums: &mut [u32], drive: &mut [u32]) {
    for (drive, sum) in drive.iter_mut().zip(sums) {
        *drive = drive.wrapping_add(*sum);
        *sum = 0;
    }
}

/// max(V, V∞) + max(J, 0) · most.
#[inline(never)]
pub fn bound(membrane: &[f32], current: &[f32], rests: &[f32], most: f32, to: &mut [f32]) {
    let units = to.len();
    let (membrane, current, rests) = (&membrane[..units], &current[..units], &rests[..units]);
    let max = |a: f32, b: f32| if a > b { a } else { b };
    for k in 0..units {
        to[k] = max(membrane[k], rests[k]) + max(current[k], 0.0) * most;
    }
}

/// Sets tiny numbers to 0.
#[inline(never)]
pub fn flush(state: &mut [f32]) {
    state.iter_mut().for_each(|value| *value = if value.abs() < FLOOR { 0.0 } else { *value });
}
