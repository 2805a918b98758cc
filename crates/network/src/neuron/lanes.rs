//! Constants by lane.

use spikelet_kernels::{LANES, LaneConstants, NeuronKind, Reset, constant};

/// The constants of a layer's lanes, as the kernels read them.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    kind: NeuronKind,
    /// `[constant][lane]`.
    values: Vec<f32>,
    lanes: usize,
    reset: Reset,
}

impl Lanes {
    /// Lanes from the array of each constant.
    pub(super) fn new(kind: NeuronKind, reset: Reset, arrays: &[Vec<f32>]) -> Self {
        Self { kind, values: arrays.concat(), lanes: arrays.first().map_or(0, Vec::len), reset }
    }

    /// Replaces them by `count` lanes, filled up to whole vectors with lanes that never fire; `of` has a constant of one of them.
    pub(crate) fn pick(&mut self, (kind, reset): (NeuronKind, Reset), count: usize, of: impl Fn(usize, usize) -> f32) {
        self.kind = kind;
        self.reset = reset;
        self.lanes = count.next_multiple_of(LANES);
        self.values.clear();
        for number in 0..kind.constants() {
            self.values.extend((0..count).map(|index| of(number, index)));
            self.values.resize((number + 1) * self.lanes, if number == constant::THRESHOLD { 1.0 } else { 0.0 });
        }
    }

    pub(crate) fn view(&self) -> LaneConstants<'_> {
        LaneConstants { kind: self.kind, values: &self.values, lanes: self.lanes, reset: self.reset }
    }
}
