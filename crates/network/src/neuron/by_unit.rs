//! Constants by unit (spec 10.1), in the order in which the kernels number them.

use spikelet_config::{AdaptationScheme, COUPLING_MARGIN, LearntConstant, NeuronConfig, NeuronType, PerUnit};
use spikelet_kernels::{LifConstants, NeuronKind, Reset, constant, own};

use super::gains::Gains;
use super::lanes::Lanes;
use super::lif;
use crate::learnt::{Learnable, LearntArray};

/// Constants of each unit of a layer, or each channel.
#[derive(Clone, Debug)]
pub struct UnitConstants {
    kind: NeuronKind,
    /// `[unit][constant]`.
    values: Vec<f32>,
    reset: Reset,
}

impl UnitConstants {
    pub(super) fn new(config: &NeuronConfig, gains: &Gains, filters: usize, scale: f32) -> Self {
        let mut values = Vec::new();
        for unit in 0..filters {
            let lif = lif::of_unit(config, gains, scale, unit);
            values.extend([lif.current_decay, lif.membrane_decay, lif.drive_gain]);
            values.extend([gains.bias.at(unit) as f32, lif.threshold]);
            let own = |constant: &PerUnit| constant.at(unit) as f32;
            match config.kind {
                NeuronType::Lif | NeuronType::Leaky => values.extend([0.0; 2]),
                NeuronType::Alif => values.extend([&config.adaptation_decay, &config.adaptation_strength].map(own)),
                NeuronType::Adlif => {
                    let constants = [&config.adaptation_decay, &config.subthreshold_coupling, &config.spike_coupling];
                    values.extend(constants.map(own));
                    values.push(f32::from(u8::from(config.scheme == AdaptationScheme::Symplectic)));
                }
            }
        }
        let kind = match config.kind {
            // An ALIF whose threshold never rises.
            NeuronType::Lif | NeuronType::Leaky | NeuronType::Alif => NeuronKind::Alif,
            NeuronType::Adlif => NeuronKind::Adlif,
        };
        Self { kind, values, reset: lif::of_unit(config, gains, scale, 0).reset }
    }

    /// Number of constants of a unit.
    pub(crate) fn count(&self) -> usize {
        self.kind.constants()
    }

    /// The neuron.
    pub(crate) fn kind(&self) -> NeuronKind {
        self.kind
    }

    fn units(&self) -> impl Iterator<Item = &[f32]> + Clone {
        self.values.chunks_exact(self.count())
    }

    /// One constant of a unit or channel.
    pub(crate) fn of(&self, filter: usize, constant: usize) -> f32 {
        self.values[filter * self.count() + constant]
    }

    /// What every unit has of a LIF.
    pub(super) fn iter(&self) -> impl Iterator<Item = LifConstants> + Clone {
        let reset = self.reset;
        self.units().map(move |unit| LifConstants {
            current_decay: unit[constant::CURRENT_DECAY],
            membrane_decay: unit[constant::MEMBRANE_DECAY],
            drive_gain: unit[constant::DRIVE_GAIN],
            threshold: unit[constant::THRESHOLD],
            reset,
        })
    }

    /// The first values of a constant, of as many units as asked for.
    pub(super) fn first(&self, constant: usize, units: usize) -> Vec<f32> {
        (0..units).map(|unit| self.of(unit, constant)).collect()
    }

    /// Replaces a constant of every unit, by one value for all or one for each.
    pub(super) fn replace(&mut self, constant: usize, values: &[f32]) {
        let count = self.count();
        for (unit, &value) in self.values.chunks_exact_mut(count).zip(values.iter().cycle()) {
            unit[constant] = value;
        }
    }

    /// Constants of the units of a tile, `spread` over the lanes of its sites; lanes without a unit never fire.
    pub(crate) fn lanes(
        &self,
        first: usize,
        units: usize,
        lanes: usize,
        spread: impl Fn(&[f32], &mut Vec<f32>),
    ) -> Lanes {
        let mut arrays = Vec::new();
        for number in 0..self.count() {
            let mut values: Vec<f32> = (first..first + units).map(|unit| self.of(unit, number)).collect();
            values.resize(lanes, 0.0);
            let mut array = Vec::new();
            spread(&values, &mut array);
            if number == constant::THRESHOLD {
                array.iter_mut().filter(|threshold| **threshold == 0.0).for_each(|none| *none = 1.0);
            }
            arrays.push(array);
        }
        Lanes::new(self.kind, self.reset, &arrays)
    }
}

impl UnitConstants {
    /// Holds a learnt subthreshold coupling within what the decays allow (spec 18).
    pub(super) fn hold_coupling(&self, arrays: &mut [LearntArray]) {
        let Some((place, limits)) = self.coupling_limits(arrays) else { return };
        for (value, max) in arrays[place].parameters.iter_mut().zip(limits) {
            *value = value.min((f64::from(COUPLING_MARGIN) * max) as f32);
        }
    }

    /// Why a learnt subthreshold coupling does not fit the decays, with its index, if so.
    pub(super) fn coupling_refusal(&self, arrays: &[LearntArray]) -> Option<(usize, String)> {
        let (place, limits) = self.coupling_limits(arrays)?;
        let mut values = arrays[place].parameters.iter().zip(limits).enumerate();
        values.find_map(|(index, (&value, max))| {
            let is_stable = f64::from(value) < max;
            (!is_stable).then(|| (index, format!("must be below {max:.4} for these decays, got {value}")))
        })
    }

    /// Place of a learnt subthreshold coupling, and below what each of its values must lie: the limit of its unit, or the least of all
    /// units that share it.
    fn coupling_limits(&self, arrays: &[LearntArray]) -> Option<(usize, Vec<f64>)> {
        let is_coupling = |array: &LearntArray| array.what == Learnable::Constant(LearntConstant::SubthresholdCoupling);
        let place = arrays.iter().position(is_coupling)?;
        let constants = self.with(arrays);
        let limits = (0..constants.units().count()).map(|unit| constants.max_coupling(unit));
        Some((
            place,
            if arrays[place].length == 1 { vec![limits.fold(f64::INFINITY, f64::min)] } else { limits.collect() },
        ))
    }

    fn max_coupling(&self, unit: usize) -> f64 {
        let decay = |constant| f64::from(self.of(unit, constant));
        let is_symplectic = self.of(unit, own::adlif::IS_SYMPLECTIC) > 0.5;
        let scheme = if is_symplectic { AdaptationScheme::Symplectic } else { AdaptationScheme::Forward };
        scheme.max_coupling(decay(constant::MEMBRANE_DECAY), decay(own::adlif::ADAPTATION_DECAY))
    }
}

/// The number of a learnt constant in the kernels.
pub(crate) fn number_of(constant: LearntConstant) -> usize {
    match constant {
        LearntConstant::CurrentDecay => constant::CURRENT_DECAY,
        LearntConstant::MembraneDecay => constant::MEMBRANE_DECAY,
        LearntConstant::Threshold => constant::THRESHOLD,
        LearntConstant::AdaptationStrength => own::alif::ADAPTATION_STRENGTH,
        LearntConstant::AdaptationDecay => own::adlif::ADAPTATION_DECAY,
        LearntConstant::SubthresholdCoupling => own::adlif::SUBTHRESHOLD_COUPLING,
        LearntConstant::SpikeCoupling => own::adlif::SPIKE_COUPLING,
    }
}
