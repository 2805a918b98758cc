//! The learning rate at a position of a run (spec 7.1).
//!
//! ```text
//! t = e + b / n  or  e,   δ = 1 / n  or  1,   u = min(1, (t − W) / (E − W))
//! rate(t) = rate₀ min(1, (t + δ) / W) factor(0)   for t < W
//!           rate₀ factor(t − W)                   from W on
//! ```

use std::f64::consts::PI;

use spikelet_config::{ScheduleConfig, ScheduleInterval};

/// Share of a step of the schedule by which rounding may leave a position below it.
const ROUNDING: f64 = 1e-9;

/// Position of an update in its run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position {
    /// Finished epochs, e.
    pub(crate) epoch: u32,
    /// Updates of the epoch before this one, b.
    pub(crate) batch: u32,
    /// Updates of an epoch, n, at least 1.
    pub(crate) batches: u32,
    /// Epochs of the run, E.
    pub(crate) epochs: u32,
}

/// Factor on the optimiser's learning rate.
pub(crate) fn factor(schedule: &ScheduleConfig, at: Position) -> f64 {
    let (interval, warmup) = schedule.pace();
    let epoch = f64::from(at.epoch);
    let (position, step) = match interval {
        ScheduleInterval::Epoch => (epoch, 1.0),
        ScheduleInterval::Update => (epoch + f64::from(at.batch) / f64::from(at.batches), 1.0 / f64::from(at.batches)),
    };
    let length = f64::from(at.epochs) - warmup;
    if position < warmup {
        return ((position + step) / warmup).min(1.0) * after_warmup(schedule, 0.0, length);
    }
    after_warmup(schedule, position - warmup, length)
}

/// The factor `t` epochs after the warm-up, in a schedule of so many epochs.
fn after_warmup(schedule: &ScheduleConfig, t: f64, length: f64) -> f64 {
    let share = if t < length { t / length } else { f64::from(t > 0.0) };
    match schedule {
        ScheduleConfig::Constant(_) => 1.0,
        ScheduleConfig::Step(step) => libm::pow(step.factor, libm::floor(t / f64::from(step.every) + ROUNDING)),
        ScheduleConfig::Exponential(exponential) => libm::pow(exponential.factor, t),
        ScheduleConfig::Cosine(cosine) => between(1.0, cosine.final_factor, share),
        ScheduleConfig::OneCycle(cycle) if share < cycle.rising => {
            between(cycle.initial_factor, 1.0, share / cycle.rising)
        }
        ScheduleConfig::OneCycle(cycle) => {
            between(1.0, cycle.final_factor, (share - cycle.rising) / (1.0 - cycle.rising))
        }
    }
}

/// Half a cosine from one factor to another.
fn between(from: f64, to: f64, share: f64) -> f64 {
    to + (from - to) * (1.0 + libm::cos(PI * share)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use spikelet_config::json;

    #[test]
    fn a_step_comes_at_its_update_whatever_rounding_leaves() {
        for (warmup, batches) in [("0.9", 10), ("0.4", 5), ("0.4", 10), ("0.7", 30)] {
            let text =
                format!(r#"{{"type":"step","every":1,"factor":0.5,"interval":"update","warmupEpochs":{warmup}}}"#);
            let schedule: ScheduleConfig = json::parse(&text).unwrap();
            let warmup: f64 = warmup.parse().unwrap();
            let first = (warmup * f64::from(batches)).round() as u32;
            for update in first..5 * batches {
                let at = Position { epoch: update / batches, batch: update % batches, batches, epochs: 5 };
                let steps = (update - first) / batches;
                assert_eq!(factor(&schedule, at), libm::pow(0.5, f64::from(steps)), "{warmup}, {update}");
            }
        }
    }
}
