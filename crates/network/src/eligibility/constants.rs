//! Eligibilities of biases and learnt constants, of which each lane has one (spec 12, 19.2).

use spikelet_config::LearntConstant;
use spikelet_data::Archive;
use spikelet_kernels::eligibility::{EligibilityColumn, EligibilityStep, coefficient, step_column};
use spikelet_kernels::{NeuronKind, constant};

use super::EligibilitySums;
use super::unit_step::UnitStep;
use crate::connection::LayerView;
use crate::learnt::Learnable;

/// What the parameter of a column is.
#[derive(Clone, Copy, Debug)]
enum Parameter {
    Bias,
    /// A constant with its number among those that the layer learns.
    Constant(LearntConstant, usize),
}

/// Eligibilities of the parameters that each lane has for itself.
#[derive(Debug)]
pub(super) struct Columns {
    parameters: Vec<Parameter>,
    /// Parameter by parameter, site by site, `[state][lane]`.
    states: Vec<Vec<Vec<f32>>>,
}

impl Columns {
    pub(super) fn new(view: &LayerView<'_>, states: usize) -> Self {
        let learnt = view.neuron.learnt.iter().enumerate().filter_map(|(index, shape)| match shape.what {
            Learnable::Constant(constant) => Some(Parameter::Constant(constant, index)),
            Learnable::Delays { .. } | Learnable::Feedback => None,
        });
        let parameters: Vec<_> = std::iter::once(Parameter::Bias).chain(learnt).collect();
        let of_sites = || view.layout.sites.iter().map(|site| vec![0.0; states * site.lanes]).collect();
        Self { states: parameters.iter().map(|_| of_sites()).collect(), parameters }
    }

    pub(super) fn clear(&mut self) {
        self.states.iter_mut().flatten().for_each(|states| states.fill(0.0));
    }

    /// Writes or reads the states of all parameters.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        self.states.iter_mut().flatten().for_each(|states| archive.array(states));
    }

    /// Takes all parameters to the step that the units took last; `first_tile` is the number of the layer's first tile.
    pub(super) fn step<'a>(
        &mut self,
        view: &LayerView<'_>,
        layer: usize,
        units: &UnitStep,
        (step, first_tile): (&dyn Fn(usize) -> EligibilityStep<'a>, usize),
        sums: &mut dyn EligibilitySums,
    ) {
        for (parameter, states) in self.parameters.iter().zip(&mut self.states) {
            for (number, (site, states)) in view.layout.sites.iter().zip(states).enumerate() {
                let step = step(number);
                let mut entering = vec![0.0; step.lanes];
                for (lane, value) in entering.iter_mut().enumerate() {
                    *value = parameter.entering(view, units, (number, site.lane), lane);
                }
                let none = &vec![0.0; step.lanes][..];
                let column = parameter.column(&entering, none);
                match *parameter {
                    Parameter::Bias => {
                        let biases = sums.tile(first_tile + site.tile).1;
                        if !view.shape.is_shared() {
                            step_column(&step, &column, states, biases);
                            continue;
                        }
                        let mut of_lanes = vec![0.0; site.lanes];
                        step_column(&step, &column, states, &mut of_lanes);
                        let first = view.tiles[site.tile].first;
                        for (lane, &unit) in view.layout.units_of(site) {
                            biases[view.filter_of(unit as usize) - first] += of_lanes[lane];
                        }
                    }
                    Parameter::Constant(_, index) => {
                        let of_layer = sums.constant(layer, index);
                        step_column(&step, &column, states, &mut of_layer[site.lane..site.lane + site.lanes]);
                    }
                }
            }
        }
    }
}

impl Parameter {
    /// How a change of the parameter enters the step of a lane.
    fn entering(self, view: &LayerView<'_>, units: &UnitStep, (site, first): (usize, usize), lane: usize) -> f32 {
        let place = first + lane;
        let lanes = view.layout.sites[site].lanes;
        let of = |coefficient: usize| units.coefficients(site)[coefficient * lanes + lane];
        let (before, now) = (&units.before, &units.now);
        let is_symplectic = of(coefficient::IS_SYMPLECTIC) > 0.5;
        let feeding = if is_symplectic { now } else { before };
        let gain = 1.0 - of(coefficient::DECAY);
        let by_lane = view.by_lane(&view.layout.sites[site]);
        match self {
            Self::Bias => by_lane.map_or(1.0, |lanes| lanes.of(constant::BIAS_GAIN)[lane]),
            Self::Constant(LearntConstant::CurrentDecay, _) => units.opened[place] * before.current[place],
            Self::Constant(LearntConstant::MembraneDecay, _) => {
                let adaptation = if is_adlif(view) { now.own[place] } else { 0.0 };
                before.carried[place] + adaptation
            }
            Self::Constant(LearntConstant::Threshold, _) => 1.0,
            Self::Constant(LearntConstant::AdaptationStrength, _) => now.own[place],
            Self::Constant(LearntConstant::AdaptationDecay, _) => {
                let [coupling, spike_coupling] = couplings(view, site, lane);
                now.own[place] - coupling * feeding.carried[place] - spike_coupling * feeding.fired[place]
            }
            Self::Constant(LearntConstant::SubthresholdCoupling, _) => gain * feeding.carried[place],
            Self::Constant(LearntConstant::SpikeCoupling, _) => gain * feeding.fired[place],
        }
    }

    fn column<'a>(self, entering: &'a [f32], none: &'a [f32]) -> EligibilityColumn<'a> {
        let nothing = EligibilityColumn { current: none, membrane: none, threshold: none, adaptation: none };
        match self {
            Self::Bias | Self::Constant(LearntConstant::MembraneDecay, _) => {
                EligibilityColumn { membrane: entering, ..nothing }
            }
            Self::Constant(LearntConstant::CurrentDecay, _) => EligibilityColumn { current: entering, ..nothing },
            Self::Constant(LearntConstant::Threshold | LearntConstant::AdaptationStrength, _) => {
                EligibilityColumn { threshold: entering, ..nothing }
            }
            Self::Constant(
                LearntConstant::AdaptationDecay | LearntConstant::SubthresholdCoupling | LearntConstant::SpikeCoupling,
                _,
            ) => EligibilityColumn { adaptation: entering, ..nothing },
        }
    }
}

fn is_adlif(view: &LayerView<'_>) -> bool {
    view.neuron.by_unit.as_ref().is_some_and(|constants| match constants.kind() {
        NeuronKind::Adlif => true,
        NeuronKind::Alif => false,
    })
}

/// a and b of a lane.
fn couplings(view: &LayerView<'_>, site: usize, lane: usize) -> [f32; 2] {
    use spikelet_kernels::own::adlif;
    let lanes = view.by_lane(&view.layout.sites[site]).expect("adlif has constants by unit");
    [adlif::SUBTHRESHOLD_COUPLING, adlif::SPIKE_COUPLING].map(|number| lanes.of(number)[lane])
}
