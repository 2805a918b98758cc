//! Constants by lane.

use spikelet_kernels::{LANES, LaneConstants};

/// The constants of a layer's lanes, as the kernels read them.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    pub(crate) current_decay: Vec<f32>,
    pub(crate) membrane_decay: Vec<f32>,
    pub(crate) drive_gain: Vec<f32>,
    pub(crate) bias_gain: Vec<f32>,
    pub(crate) threshold: Vec<f32>,
    pub(crate) adaptation_decay: Vec<f32>,
    pub(crate) adaptation_strength: Vec<f32>,
}

impl Lanes {
    /// Replaces them by some lanes of others, filled up to whole vectors with lanes that never fire.
    pub(crate) fn pick<'a>(&mut self, lanes: impl Iterator<Item = (LaneConstants<'a>, usize)>) {
        self.arrays().for_each(|array| array.clear());
        for (from, lane) in lanes {
            self.current_decay.push(from.current_decay[lane]);
            self.membrane_decay.push(from.membrane_decay[lane]);
            self.drive_gain.push(from.drive_gain[lane]);
            self.bias_gain.push(from.bias_gain[lane]);
            self.threshold.push(from.threshold[lane]);
            self.adaptation_decay.push(from.adaptation_decay[lane]);
            self.adaptation_strength.push(from.adaptation_strength[lane]);
        }
        let length = self.threshold.len().next_multiple_of(LANES);
        self.threshold.resize(length, 1.0);
        self.arrays().for_each(|array| array.resize(length, 0.0));
    }

    fn arrays(&mut self) -> impl Iterator<Item = &mut Vec<f32>> {
        let Self {
            current_decay,
            membrane_decay,
            drive_gain,
            bias_gain,
            threshold,
            adaptation_decay,
            adaptation_strength,
        } = self;
        [current_decay, membrane_decay, drive_gain, bias_gain, threshold, adaptation_decay, adaptation_strength]
            .into_iter()
    }

    pub(crate) fn view(&self) -> LaneConstants<'_> {
        LaneConstants {
            current_decay: &self.current_decay,
            membrane_decay: &self.membrane_decay,
            drive_gain: &self.drive_gain,
            bias_gain: &self.bias_gain,
            threshold: &self.threshold,
            adaptation_decay: &self.adaptation_decay,
            adaptation_strength: &self.adaptation_strength,
        }
    }
}
