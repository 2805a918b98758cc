//! Spikes of a layer: lists by step, and bits.

use spikelet_data::SampleEvents;
use spikelet_kernels::StepEvents;

/// In a table of units: there is none.
pub const NO_UNIT: u32 = u32::MAX;

/// Spikes of a layer by step, as the simulation leaves them.
#[derive(Clone, Copy, Debug)]
pub struct LayerSpikes<'a> {
    /// Start of each step in `units`, and the end of the last.
    pub offsets: &'a [u32],
    /// Units that fired, by step.
    pub units: &'a [u32],
    /// Value of each event, where they are of the input and have values; else empty.
    pub values: &'a [f32],
    /// Simulated steps.
    pub steps: usize,
}

impl<'a> LayerSpikes<'a> {
    /// Events of the input, whose steps begin at `offsets`.
    pub fn of_input(input: SampleEvents<'a>, offsets: &'a [u32], steps: usize) -> Self {
        Self { offsets, units: input.units, values: input.values, steps }
    }

    pub(crate) fn at(&self, t: usize) -> &'a [u32] {
        &self.units[self.offsets[t] as usize..self.offsets[t + 1] as usize]
    }

    /// Units of all spikes at steps before `end`.
    pub(crate) fn before(&self, end: usize) -> &'a [u32] {
        &self.units[..self.offsets[end] as usize]
    }

    /// `(step, unit)` in order of steps.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> + use<'a> {
        let spikes = *self;
        (0..self.steps).flat_map(move |t| spikes.at(t).iter().map(move |&unit| (t, unit as usize)))
    }

    /// Number of spikes at steps before `end`.
    pub fn count_before(&self, end: usize) -> u64 {
        u64::from(self.offsets[end.min(self.steps)])
    }
}

impl<'a> From<LayerSpikes<'a>> for StepEvents<'a> {
    fn from(spikes: LayerSpikes<'a>) -> Self {
        Self { offsets: spikes.offsets, units: spikes.units, values: spikes.values }
    }
}

/// Appends events to a list whose events have values as soon as any of them has one; without, all are 1.
pub(crate) fn append(list: (&mut Vec<u32>, &mut Vec<f32>), (units, values): (&[u32], &[f32])) {
    let (to_units, to_values) = list;
    if !to_values.is_empty() || !values.is_empty() {
        to_values.resize(to_units.len(), 1.0);
        to_values.extend_from_slice(values);
        to_values.resize(to_units.len() + units.len(), 1.0);
    }
    to_units.extend_from_slice(units);
}

/// Step after the last one with an event; `offsets` has the start of each step, and the end of the last.
pub(crate) fn last_event(offsets: &[u32]) -> usize {
    let total = offsets[offsets.len() - 1];
    offsets.partition_point(|&before| before < total)
}

/// Bits that are set, in order.
pub fn set_bits(word: u64) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(word), |bits| Some(bits & bits.wrapping_sub(1)))
        .take_while(|&bits| bits != 0)
        .map(|bits| bits.trailing_zeros() as usize)
}

/// Steps whose bits are set, in order.
pub fn set_steps(busy: &[u64]) -> impl Iterator<Item = usize> + '_ {
    busy.iter().enumerate().flat_map(|(word, &bits)| set_bits(bits).map(move |bit| word * 64 + bit))
}
