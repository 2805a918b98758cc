use crate::TILE;
use crate::runs::Runs;

/// Twin of [`crate::add_runs`].
pub fn add_runs(runs: &Runs<'_>, weights: &[f32], distance: usize, sums: &mut [f32]) {
    for (site, sums) in sums.chunks_exact_mut(TILE).enumerate() {
        for &unit in runs.of(site / runs.steps, site % runs.steps) {
            for lane in 0..TILE {
                sums[lane] += weights[unit as usize * distance + lane];
            }
        }
    }
}

/// Twin of [`crate::scatter_runs`].
pub fn scatter_runs(runs: &Runs<'_>, q: &[f32], distance: usize, gradient: &mut [f32]) {
    for (site, q) in q.chunks_exact(TILE).enumerate() {
        for &unit in runs.of(site / runs.steps, site % runs.steps) {
            for lane in 0..TILE {
                gradient[unit as usize * distance + lane] += q[lane];
            }
        }
    }
}
