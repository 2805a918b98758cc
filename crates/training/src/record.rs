//! A sample's results as bytes, for other processes that learn the same batch. Little-endian, 4 or 8 bytes per number.

use spikelet_config::{Error, ErrorCode, Result};
use spikelet_network::aligned::Aligned;
use spikelet_network::gradient::{GradientRows, GradientSums, LayerGradient};

use crate::metrics::{Regression, SampleOutcome};
use crate::sample::SampleResult;

/// Beside the number of arrays that a layer learns: its input events have values, which stand before these arrays.
const HAS_VALUES: u32 = 1 << 31;
/// Numbers that are written together.
const CHUNK: usize = 1024;

/// Appends numbers.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) bytes: &'a mut Vec<u8>,
}

impl Writer<'_> {
    pub(crate) fn word(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn long(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn list<T: Copy, const N: usize>(&mut self, values: &[T], bytes_of: impl Fn(T) -> [u8; N]) {
        self.word(values.len() as u32);
        for values in values.chunks(CHUNK) {
            let mut entries = [[0; N]; CHUNK];
            entries.iter_mut().zip(values).for_each(|(entry, &value)| *entry = bytes_of(value));
            self.bytes.extend_from_slice(entries[..values.len()].as_flattened());
        }
    }

    pub(crate) fn sample(&mut self, sample: &SampleResult) {
        // Spikes, membranes and traces are for callers of this process.
        let SampleResult { layers, outcome, spikes: _, lacks_spikes: _, scores: _, membranes: _, trace: _ } = sample;
        self.outcome(outcome);
        layers.iter().for_each(|layer| self.layer(layer));
    }

    fn outcome(&mut self, outcome: &SampleOutcome) {
        let SampleOutcome {
            loss,
            by_count,
            by_first_spike,
            by_membrane,
            regression,
            label,
            decision_step,
            steps,
            spikes,
            until_decision,
            silent,
            saturated,
            operations,
            is_finite,
        } = outcome;
        loss.values().into_iter().for_each(|part| self.long(part.to_bits()));
        [by_count, by_first_spike, decision_step, steps].into_iter().for_each(|&value| self.word(value));
        [label, by_membrane].into_iter().for_each(|decision| self.word(decision.map_or(u32::MAX, |class| class)));
        let Regression { numbers, squared_error, squares, sums } = regression;
        [*numbers, squared_error.to_bits(), squares.to_bits()].into_iter().for_each(|value| self.long(value));
        self.list(sums, f64::to_le_bytes);
        let by_layer = [spikes, until_decision, silent, saturated, operations];
        by_layer.into_iter().for_each(|list| self.list(list, u64::to_le_bytes));
        self.word(u32::from(*is_finite));
    }

    fn layer(&mut self, layer: &LayerGradient) {
        let LayerGradient { form: _, rows, sums, bias, learnt } = layer;
        // The rows of steps lead to q while it is made; afterwards the inputs know their rows.
        let GradientRows { row_of_step: _, inputs, q, r, fired } = rows;
        let GradientSums { weights, silent_places } = sums;
        [&inputs.ends, &inputs.units].into_iter().for_each(|list| self.list(list, u32::to_le_bytes));
        [q, r, weights, bias].into_iter().for_each(|list| self.list(list, f32::to_le_bytes));
        self.list(fired, u64::to_le_bytes);
        self.list(silent_places, u32::to_le_bytes);
        let has_values = if inputs.values.is_empty() { 0 } else { HAS_VALUES };
        self.word(learnt.len() as u32 | has_values);
        if !inputs.values.is_empty() {
            self.list(&inputs.values, f32::to_le_bytes);
        }
        learnt.iter().for_each(|array| self.list(array, f32::to_le_bytes));
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

    pub(crate) fn long(&mut self) -> Result<u64> {
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
        for part in outcome.loss.values_mut() {
            *part = f64::from_bits(self.long()?);
        }
        outcome.by_count = self.word()?;
        outcome.by_first_spike = self.word()?;
        outcome.decision_step = self.word()?;
        outcome.steps = self.word()?;
        for decision in [&mut outcome.label, &mut outcome.by_membrane] {
            *decision = Some(self.word()?).filter(|&class| class != u32::MAX);
        }
        let Regression { numbers, squared_error, squares, sums } = &mut outcome.regression;
        *numbers = self.long()?;
        *squared_error = f64::from_bits(self.long()?);
        *squares = f64::from_bits(self.long()?);
        self.list(sums, f64::from_le_bytes)?;
        let SampleOutcome { spikes, until_decision, silent, saturated, operations, .. } = outcome;
        for list in [spikes, until_decision, silent, saturated, operations] {
            self.list(list, u64::from_le_bytes)?;
        }
        outcome.is_finite = self.word()? != 0;
        Ok(())
    }

    fn layer(&mut self, layer: &mut LayerGradient) -> Result<()> {
        let LayerGradient { rows, sums, .. } = layer;
        for list in [&mut rows.inputs.ends, &mut rows.inputs.units] {
            self.list(list, u32::from_le_bytes)?;
        }
        for list in [&mut rows.q, &mut rows.r, &mut sums.weights, &mut layer.bias] {
            self.numbers(list)?;
        }
        self.list(&mut rows.fired, u64::from_le_bytes)?;
        self.list(&mut sums.silent_places, u32::from_le_bytes)?;
        let learnt = self.word()?;
        rows.inputs.values.clear();
        if learnt & HAS_VALUES != 0 {
            self.list(&mut rows.inputs.values, f32::from_le_bytes)?;
        }
        if (learnt & !HAS_VALUES) as usize != layer.learnt.len() {
            return Err(foreign());
        }
        for array in &mut layer.learnt {
            self.list(array, f32::from_le_bytes)?;
        }
        Ok(())
    }
}

fn foreign() -> Error {
    Error::new(ErrorCode::DataFormat, "records", "are of another network")
}

fn ended() -> Error {
    Error::new(ErrorCode::DataFormat, "records", "end before the last sample")
}
