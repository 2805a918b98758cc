//! A sample's results as bytes, for those who learn the same batch in other processes. Little-endian, 4 bytes a number.

use crate::aligned::Aligned;
use crate::error::{Error, ErrorCode, Result};
use crate::gradient::{GradientRows, GradientSums, LayerGradient, WeightGradient};
use crate::loss::LossValue;
use crate::metrics::SampleOutcome;
use crate::sample::SampleResult;

/// Appends numbers.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn word(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn long(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn list<T: Copy, const N: usize>(&mut self, values: &[T], bytes_of: impl Fn(T) -> [u8; N]) {
        self.word(values.len() as u32);
        self.bytes.reserve(values.len() * N);
        values.iter().for_each(|&value| self.bytes.extend_from_slice(&bytes_of(value)));
    }

    pub(crate) fn sample(&mut self, sample: &SampleResult) {
        // Spikes and traces are for callers of this process.
        let SampleResult { layers, outcome, spikes: _, trace: _ } = sample;
        self.outcome(outcome);
        layers.iter().for_each(|layer| self.layer(layer));
    }

    fn outcome(&mut self, outcome: &SampleOutcome) {
        let SampleOutcome {
            loss: LossValue { main, no_spike, target_count, rate_bounds, spike_penalty },
            by_count,
            by_first_spike,
            label,
            decision_step,
            steps,
            spikes,
            until_decision,
            silent,
            saturated,
            synaptic_operations,
            is_finite,
        } = outcome;
        [main, no_spike, target_count, rate_bounds, spike_penalty]
            .into_iter()
            .for_each(|part| self.long(part.to_bits()));
        [by_count, by_first_spike, decision_step, steps].into_iter().for_each(|&value| self.word(value));
        self.word(label.map_or(u32::MAX, |label| label));
        [spikes, until_decision, silent, saturated].into_iter().for_each(|list| self.list(list, u64::to_le_bytes));
        self.long(*synaptic_operations);
        self.word(u32::from(*is_finite));
    }

    fn layer(&mut self, layer: &LayerGradient) {
        let LayerGradient { weights, bias } = layer;
        match weights {
            // The rows of steps lead to q while it is made; afterwards the inputs know their rows.
            WeightGradient::Rows(GradientRows { row_of_step: _, rows, inputs, q, fired }) => {
                self.word(*rows as u32);
                self.list(inputs, |(unit, row)| (u64::from(unit) | u64::from(row) << 32).to_le_bytes());
                self.list(q, f32::to_le_bytes);
                self.list(fired, u64::to_le_bytes);
            }
            WeightGradient::Sums(GradientSums { weights, silent_places }) => {
                self.list(weights, f32::to_le_bytes);
                self.list(silent_places, u32::to_le_bytes);
            }
        }
        self.list(bias, f32::to_le_bytes);
    }
}

/// Reads what a [`Writer`] wrote.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or_else(ended)?;
        self.bytes = rest;
        Ok(taken)
    }

    pub(crate) fn word(&mut self) -> Result<u32> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or_else(ended)?;
        self.bytes = rest;
        Ok(u32::from_le_bytes(*taken))
    }

    fn long(&mut self) -> Result<u64> {
        Ok(u64::from(self.word()?) | u64::from(self.word()?) << 32)
    }

    /// The entries of a list.
    fn entries<const N: usize>(&mut self) -> Result<&'a [[u8; N]]> {
        let length = self.word()? as usize;
        let (entries, _) = self.take(length.checked_mul(N).ok_or_else(ended)?)?.as_chunks();
        Ok(entries)
    }

    fn list<T, const N: usize>(&mut self, to: &mut Vec<T>, of_bytes: impl Fn([u8; N]) -> T) -> Result<()> {
        let entries = self.entries()?;
        to.clear();
        to.extend(entries.iter().map(|&entry| of_bytes(entry)));
        Ok(())
    }

    fn numbers(&mut self, to: &mut Aligned) -> Result<()> {
        let entries = self.entries()?;
        to.resize(entries.len());
        to.iter_mut().zip(entries).for_each(|(number, &entry)| *number = f32::from_le_bytes(entry));
        Ok(())
    }

    pub(crate) fn sample(&mut self, sample: &mut SampleResult) -> Result<()> {
        self.outcome(&mut sample.outcome)?;
        sample.layers.iter_mut().try_for_each(|layer| self.layer(layer))
    }

    fn outcome(&mut self, outcome: &mut SampleOutcome) -> Result<()> {
        let LossValue { main, no_spike, target_count, rate_bounds, spike_penalty } = &mut outcome.loss;
        for part in [main, no_spike, target_count, rate_bounds, spike_penalty] {
            *part = f64::from_bits(self.long()?);
        }
        outcome.by_count = self.word()?;
        outcome.by_first_spike = self.word()?;
        outcome.decision_step = self.word()?;
        outcome.steps = self.word()?;
        outcome.label = Some(self.word()?).filter(|&label| label != u32::MAX);
        let SampleOutcome { spikes, until_decision, silent, saturated, .. } = outcome;
        for list in [spikes, until_decision, silent, saturated] {
            self.list(list, u64::from_le_bytes)?;
        }
        outcome.synaptic_operations = self.long()?;
        outcome.is_finite = self.word()? != 0;
        Ok(())
    }

    fn layer(&mut self, layer: &mut LayerGradient) -> Result<()> {
        match &mut layer.weights {
            WeightGradient::Rows(GradientRows { row_of_step: _, rows, inputs, q, fired }) => {
                *rows = self.word()? as usize;
                self.list(inputs, |bytes| {
                    let both = u64::from_le_bytes(bytes);
                    (both as u32, (both >> 32) as u32)
                })?;
                self.numbers(q)?;
                self.list(fired, u64::from_le_bytes)?;
            }
            WeightGradient::Sums(GradientSums { weights, silent_places }) => {
                self.numbers(weights)?;
                self.list(silent_places, u32::from_le_bytes)?;
            }
        }
        self.numbers(&mut layer.bias)
    }
}

fn ended() -> Error {
    Error::new(ErrorCode::DataFormat, "records", "end before the last sample")
}
