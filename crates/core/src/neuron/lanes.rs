//! Constants by lane.

use spikelet_kernels::LaneConstants;

/// The constants of a layer's lanes, as the kernels read them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lanes {
    pub(crate) current_decay: Vec<f32>,
    pub(crate) membrane_decay: Vec<f32>,
    pub(crate) drive_gain: Vec<f32>,
    pub(crate) bias_gain: Vec<f32>,
    pub(crate) threshold: Vec<f32>,
    pub(crate) adaptation_decay: Vec<f32>,
    pub(crate) adaptation_strength: Vec<f32>,
}

impl Lanes {
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
