//! Leaky integrate-and-fire (spec 1.1, 1.2, 1.4).

use serde::Serialize;
use spikelet_kernels::{LifConstants, QuietBound, Reset};

use crate::config::{self, NeuronConfig};

/// Gains in effect (spec 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gains {
    /// Gain of the input drive, βᵢ.
    pub current: f64,
    /// Gain from current to membrane, βᵥ.
    pub membrane: f64,
    /// Gain of the bias, β_b.
    pub bias: f64,
}

impl Gains {
    /// Gains of a neuron in a simulation of `steps` steps.
    ///
    /// `auto`: the membrane's response to one spike over a weight of 1, `βᵥ e[n]` with
    /// `e[n] = Σ_(k=0..n) αᵢᵏ αᵥⁿ⁻ᵏ`, has a peak of 1 within the simulation.
    #[must_use]
    pub fn of(neuron: &NeuronConfig, steps: u32) -> Self {
        if !neuron.has_auto_gain() {
            let given = |gain: Option<f64>| gain.unwrap_or(1.0);
            return Self {
                current: given(neuron.current_gain),
                membrane: given(neuron.membrane_gain),
                bias: given(neuron.bias_gain),
            };
        }
        let (mut current, mut response, mut peak) = (1.0, 0.0, 0.0f64);
        for _ in 0..steps {
            response = response * neuron.membrane_decay + current;
            peak = peak.max(response);
            current *= neuron.current_decay;
        }
        Self { current: 1.0, membrane: 1.0 / peak, bias: 1.0 / peak }
    }
}

impl From<config::Reset> for Reset {
    fn from(reset: config::Reset) -> Self {
        match reset {
            config::Reset::All => Self::All,
            config::Reset::Membrane => Self::Membrane,
            config::Reset::Subtract => Self::Subtract,
        }
    }
}

/// The neuron of a layer.
#[derive(Clone, Debug)]
pub(crate) struct Lif {
    pub(crate) gains: Gains,
    /// Constants of the kernels, but for what the layer's stages take of the drive.
    pub(crate) constants: LifConstants,
    /// Steps after a spike in which a unit is blocked.
    pub(crate) refractory: u32,
    /// Which units can still fire without input.
    pub(crate) quiet: QuietBound,
}

impl Lif {
    /// For a simulation of `steps` steps, behind stages that let `scale` of every spike arrive.
    pub(crate) fn new(neuron: &NeuronConfig, steps: u32, scale: f32) -> Self {
        let gains = Gains::of(neuron, steps);
        let constants = LifConstants {
            current_decay: neuron.current_decay as f32,
            membrane_decay: neuron.membrane_decay as f32,
            drive_gain: (gains.current * gains.membrane) as f32 * scale,
            threshold: neuron.threshold as f32,
            reset: neuron.reset.into(),
        };
        Self {
            gains,
            constants,
            refractory: neuron.refractory_steps(),
            quiet: QuietBound::new(&constants, steps as usize),
        }
    }

    /// γ: what a spike drives through a weight of 1.
    pub(crate) fn drive_gain(&self) -> f32 {
        self.constants.drive_gain
    }

    /// Factor on the bias.
    pub(crate) fn bias_gain(&self) -> f32 {
        self.gains.bias as f32
    }

    /// V∞, to which the drive of a bias alone takes the membrane: `b / (1 − αᵥ)`, without end where nothing decays.
    pub(crate) fn rest(&self, drive: f32) -> f32 {
        if drive == 0.0 { 0.0 } else { drive / (1.0 - self.constants.membrane_decay) }
    }

    /// Whether a spike does no more than reset all states: the plain passes and the shortcut for units without input know nothing else.
    pub(crate) fn is_plain(&self) -> bool {
        self.refractory == 0 && self.constants.reset == Reset::All
    }
}
