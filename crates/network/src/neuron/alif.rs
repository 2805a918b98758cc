//! Constants by unit (spec 10.1), among them those of thresholds that adapt (spec 10.3).

use spikelet_config::{NeuronConfig, NeuronType};
use spikelet_kernels::LifConstants;

use super::gains::Gains;
use super::lanes::Lanes;
use super::lif;

/// Constants of each unit of a layer, or each channel.
#[derive(Clone, Debug)]
pub struct UnitConstants {
    pub(super) units: Vec<Unit>,
}

/// Constants of one unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    pub(crate) lif: LifConstants,
    pub(crate) bias_gain: f32,
    /// ρ.
    adaptation_decay: f32,
    /// κ.
    pub(super) adaptation_strength: f32,
}

impl UnitConstants {
    pub(super) fn new(config: &NeuronConfig, gains: &Gains, filters: usize, scale: f32) -> Self {
        let adapts = config.kind == NeuronType::Alif;
        let unit = |index: usize| {
            let lif = lif::of_unit(config, gains, scale, index);
            let of_alif = |number: f64| if adapts { number as f32 } else { 0.0 };
            Unit {
                lif,
                bias_gain: gains.bias.at(index) as f32,
                adaptation_decay: of_alif(config.adaptation_decay.at(index)),
                adaptation_strength: of_alif(config.adaptation_strength.at(index)),
            }
        };
        Self { units: (0..filters).map(unit).collect() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &LifConstants> + Clone {
        self.units.iter().map(|unit| &unit.lif)
    }

    /// Constants of a unit or channel.
    pub(crate) fn at(&self, filter: usize) -> &Unit {
        &self.units[filter]
    }

    /// Constants of the units of a tile, `spread` over the lanes of its sites; lanes without a unit never fire.
    pub(crate) fn lanes(
        &self,
        first: usize,
        units: usize,
        lanes: usize,
        spread: impl Fn(&[f32], &mut Vec<f32>),
    ) -> Lanes {
        let here = &self.units[first..first + units];
        let array = |of: fn(&Unit) -> f32| {
            let mut values: Vec<f32> = here.iter().map(of).collect();
            values.resize(lanes, 0.0);
            let mut out = Vec::new();
            spread(&values, &mut out);
            out
        };
        let mut threshold = array(|unit| unit.lif.threshold);
        threshold.iter_mut().filter(|threshold| **threshold == 0.0).for_each(|none| *none = 1.0);
        Lanes {
            current_decay: array(|unit| unit.lif.current_decay),
            membrane_decay: array(|unit| unit.lif.membrane_decay),
            drive_gain: array(|unit| unit.lif.drive_gain),
            bias_gain: array(|unit| unit.bias_gain),
            threshold,
            adaptation_decay: array(|unit| unit.adaptation_decay),
            adaptation_strength: array(|unit| unit.adaptation_strength),
        }
    }
}
