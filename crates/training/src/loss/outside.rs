//! A gradient at the output that a caller gives in place of that of a loss.

use spikelet_config::{Error, Result};
use spikelet_kernels::FLOOR;

use super::output::{Output, OutputGradient, SpikeGradient};

/// dL/dS and dL/dT of the outputs, or dL/dy of a readout, of the samples of a batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutsideGradient {
    /// dL/dS or dL/dy, `[sample][step][output]`; empty: 0.
    pub spikes: Vec<f32>,
    /// dL/dT where an output fires, `[sample][step][output]`; empty: 0.
    pub times: Vec<f32>,
}

impl OutsideGradient {
    /// Fails with the name of an array that has another length than the batch asks for.
    pub(crate) fn check(&self, samples: usize, numbers: usize) -> Result<()> {
        for (name, array) in [("spikes", &self.spikes), ("times", &self.times)] {
            if !array.is_empty() && array.len() != samples * numbers {
                let message = format!("must have {} numbers, got {}", samples * numbers, array.len());
                return Err(Error::shape(name, message));
            }
        }
        Ok(())
    }

    /// Writes the part of a sample of the batch, as a loss would that has it.
    pub(super) fn write(&self, output: &Output<'_>, sample: usize, gradient: &mut OutputGradient) {
        let outputs = output.summary.outputs();
        let numbers = output.steps * outputs;
        let of_sample = |array: &[f32]| array.get(sample * numbers..(sample + 1) * numbers).map(<[f32]>::to_vec);
        if let Some(dense) = of_sample(&self.spikes) {
            let last = dense.iter().rposition(|by_spike| by_spike.abs() >= FLOOR);
            gradient.end = last.map_or(0, |index| index / outputs + 1);
            gradient.spike = summarized(dense, outputs);
        }
        let Some(times) = of_sample(&self.times) else { return };
        for (by_time, (t, unit)) in gradient.timing.iter_mut().zip(output.spikes.iter()) {
            *by_time = times[t * outputs + unit];
            if by_time.abs() >= FLOOR {
                gradient.end = gradient.end.max(t + 1);
            }
        }
    }
}

/// The kind of gradient that rows of it are.
fn summarized(dense: Vec<f32>, outputs: usize) -> SpikeGradient {
    let mut rows = dense.chunks_exact(outputs);
    let Some(first) = rows.next() else { return SpikeGradient::Zero };
    match (rows.all(|row| row == first), first.iter().all(|&by_spike| by_spike == 0.0)) {
        (true, true) => SpikeGradient::Zero,
        (true, false) => SpikeGradient::Constant(first.to_vec()),
        (false, _) => SpikeGradient::Dense(dense),
    }
}
