//! Gains (spec 1.2, 10.1).

use serde::Serialize;
use spikelet_config::{NeuronConfig, PerUnit};

/// Gains in effect (spec 1.2), each one number or one for each unit, or channel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gains {
    /// Gain of the input drive, βᵢ.
    pub current: PerUnit,
    /// Gain from current to membrane, βᵥ.
    pub membrane: PerUnit,
    /// Gain of the bias, β_b.
    pub bias: PerUnit,
}

impl Gains {
    /// Gains of a neuron in a simulation of `steps` steps.
    ///
    /// `auto`: the membrane's response to one spike over a weight of 1, `βᵥ e[n]` with
    /// `e[n] = Σ_(k=0..n) αᵢᵏ αᵥⁿ⁻ᵏ`, has a peak of 1 within the simulation.
    #[must_use]
    pub fn of(neuron: &NeuronConfig, steps: u32) -> Self {
        if !neuron.has_auto_gain() {
            let given = |gain: &Option<PerUnit>| gain.clone().unwrap_or(PerUnit::Every(1.0));
            return Self {
                current: given(&neuron.current_gain),
                membrane: given(&neuron.membrane_gain),
                bias: given(&neuron.bias_gain),
            };
        }
        let (currents, membranes) = (&neuron.current_decay, &neuron.membrane_decay);
        let units = currents.numbers().len().max(membranes.numbers().len());
        let auto = |unit: usize| 1.0 / peak(currents.at(unit), membranes.at(unit), steps);
        let gain = if currents.is_list() || membranes.is_list() {
            PerUnit::ByUnit((0..units).map(auto).collect())
        } else {
            PerUnit::Every(auto(0))
        };
        Self { current: PerUnit::Every(1.0), membrane: gain.clone(), bias: gain }
    }
}

/// max e[n].
fn peak(current_decay: f64, membrane_decay: f64, steps: u32) -> f64 {
    let (mut current, mut response, mut peak) = (1.0, 0.0, 0.0f64);
    for _ in 0..steps {
        response = response * membrane_decay + current;
        peak = peak.max(response);
        current *= current_decay;
    }
    peak
}
