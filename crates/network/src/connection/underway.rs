//! Spikes on their way to a layer, where each input has a delay (spec 13).

use spikelet_data::Archive;

use crate::events::append;

/// Spikes that have set out, by the steps that they still need.
#[derive(Debug, Default)]
pub(super) struct Underway {
    /// A ring: those that arrive now are in the bucket `now`, those of the next step in the one behind it.
    buckets: Vec<Bucket>,
    now: usize,
}

/// Spikes that arrive at one step.
#[derive(Clone, Debug, Default)]
struct Bucket {
    inputs: Vec<u32>,
    /// Value of each; empty: all are 1.
    values: Vec<f32>,
}

impl Underway {
    /// Room for delays of up to `longest` steps.
    pub(super) fn new(longest: usize) -> Self {
        Self { buckets: vec![Bucket::default(); longest + 1], now: 0 }
    }

    pub(super) fn clear(&mut self) {
        for Bucket { inputs, values } in &mut self.buckets {
            inputs.clear();
            values.clear();
        }
    }

    /// Writes or reads the spikes that have set out.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        for Bucket { inputs, values } in &mut self.buckets {
            archive.list(inputs);
            archive.list(values);
        }
        archive.count(&mut self.now);
    }

    /// Spikes of a step set out, with their values, if they have any; `steps` are those that the spikes of an input need.
    pub(super) fn send(&mut self, (inputs, values): (&[u32], &[f32]), steps: &[u16]) {
        let count = self.buckets.len();
        for (k, input) in inputs.iter().enumerate() {
            let bucket = &mut self.buckets[(self.now + usize::from(steps[*input as usize])) % count];
            if values.is_empty() && bucket.values.is_empty() {
                bucket.inputs.push(*input);
            } else {
                let value = values.get(k).copied().unwrap_or(1.0);
                append((&mut bucket.inputs, &mut bucket.values), (&[*input], &[value]));
            }
        }
    }

    /// Moves what arrives now to the end of a list, in the order in which it set out, and continues with the next step.
    pub(super) fn arrive(&mut self, to: (&mut Vec<u32>, &mut Vec<f32>)) {
        let Bucket { inputs, values } = &mut self.buckets[self.now];
        append(to, (inputs, values));
        inputs.clear();
        values.clear();
        self.now = (self.now + 1) % self.buckets.len();
    }
}
