//! Differences beyond the tolerance of a golden file.

use std::fmt::Debug;

/// Largest difference over the largest expected value of an array, or relative difference of a number.
const TOLERANCE: f64 = 1e-4;
/// What counts as zero where everything expected is zero.
const FLOOR: f64 = 1e-12;

/// The faults of all cases of a test.
#[derive(Default)]
pub(crate) struct Faults {
    case: String,
    found: Vec<String>,
}

impl Faults {
    /// What follows belongs to this case.
    pub(crate) fn enter(&mut self, case: impl Into<String>) {
        self.case = case.into();
    }

    pub(crate) fn add(&mut self, what: &str, fault: impl std::fmt::Display) {
        self.found.push(format!("{}: {what}: {fault}", self.case));
    }

    pub(crate) fn exact<T: PartialEq + Debug>(&mut self, what: &str, found: &T, expected: &T) {
        if found != expected {
            self.add(what, format!("found {found:?}, expected {expected:?}"));
        }
    }

    /// Two lists, of which only the first difference is told.
    pub(crate) fn list<T: PartialEq + Debug>(&mut self, what: &str, found: &[T], expected: &[T]) {
        let first = (0..found.len().max(expected.len())).find(|&i| found.get(i) != expected.get(i));
        if let Some(i) = first {
            let lengths = format!("{} and {} entries", found.len(), expected.len());
            self.add(what, format!("[{i}] found {:?}, expected {:?} ({lengths})", found.get(i), expected.get(i)));
        }
    }

    /// A loss. It is a difference of logarithms: what is below the floor is the rounding of these, in the file too.
    pub(crate) fn number(&mut self, what: &str, found: f64, expected: f64) {
        let is_rounding = (found - expected).abs() <= FLOOR;
        if !is_rounding {
            self.within(what, &[found], &[expected], TOLERANCE);
        }
    }

    pub(crate) fn array(&mut self, what: &str, found: &[f32], expected: &[f64]) {
        let found: Vec<f64> = found.iter().map(|&value| f64::from(value)).collect();
        self.within(what, &found, expected, TOLERANCE);
    }

    pub(crate) fn within(&mut self, what: &str, found: &[f64], expected: &[f64], tolerance: f64) {
        if found.len() != expected.len() {
            return self.add(what, format!("found {} values, expected {}", found.len(), expected.len()));
        }
        let scale = expected.iter().fold(0.0, |max: f64, value| max.max(value.abs()));
        // Recurrences flush what is smaller than the floor of the kernels.
        let allowed = if scale == 0.0 { FLOOR } else { (tolerance * scale).max(f64::from(spikelet_kernels::FLOOR)) };
        let wrong = |i: usize| {
            let error = (found[i] - expected[i]).abs();
            if error.is_nan() { f64::INFINITY } else { error }
        };
        let worst = (0..found.len()).max_by(|&i, &j| wrong(i).total_cmp(&wrong(j)));
        if let Some(i) = worst.filter(|&i| wrong(i) > allowed) {
            let share = wrong(i) / scale;
            self.add(what, format!("[{i}] found {}, expected {} ({share:.2e})", found[i], expected[i]));
        }
    }

    /// Fails when there is any fault.
    pub(crate) fn settle(self) {
        assert!(self.found.is_empty(), "{} faults\n{}", self.found.len(), self.found.join("\n"));
    }
}
