use super::floor::flushed;
use crate::{FLOOR, FLOOR_EVERY, Injection, LifConstants, ProjectedError, SteadyError};

/// Twin of [`crate::carry_error`].
pub fn carry_error(projected: &ProjectedError<'_>, constants: &LifConstants, lanes: usize, error: &mut [f32]) {
    let ProjectedError { weights, offsets, injections } = *projected;
    let LifConstants { membrane_decay, current_decay, .. } = *constants;
    for lane in 0..lanes {
        let (mut p, mut q) = (0.0f32, 0.0f32);
        let weight = |injection: &Injection| weights[injection.unit as usize * lanes + lane];
        for (t, row) in error.chunks_exact_mut(lanes).enumerate().rev() {
            p *= membrane_decay;
            q *= current_decay;
            for injection in &injections[offsets[t] as usize..offsets[t + 1] as usize] {
                p += weight(injection) * injection.membrane;
                q += weight(injection) * injection.current;
            }
            q += p;
            if t % FLOOR_EVERY == 0 {
                p = flushed(p, FLOOR);
                q = flushed(q, FLOOR);
            }
            row[lane] = q;
        }
    }
}

/// Twin of [`crate::spread_error`].
pub fn spread_error(steady: &SteadyError<'_>, lanes: usize, error: &mut [f32]) {
    for lane in 0..lanes {
        let weight = |injection: &Injection| steady.weights[injection.unit as usize * lanes + lane];
        let sum = steady.injections.iter().fold(0.0, |sum, injection| sum + weight(injection) * injection.membrane);
        for (row, factor) in error.chunks_exact_mut(lanes).zip(steady.course) {
            row[lane] = sum * factor;
        }
    }
}

/// Twin of [`crate::shift_back`].
pub fn shift_back(shifts: &[usize], error: &mut [f32]) {
    let lanes = shifts.len();
    for at in 0..error.len() {
        error[at] = error.get(at + shifts[at % lanes] * lanes).copied().unwrap_or(0.0);
    }
}
