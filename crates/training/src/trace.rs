//! Every state and adjoint of a sample, for inspection.

use spikelet_config::Result;
use spikelet_data::memory;

/// States and adjoints of one layer, each `[sample][step][unit]`; zero from a sample's last step on. Letters as in spec 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerTrace {
    /// Units of the layer.
    pub units: usize,
    /// Configured steps T.
    pub steps: usize,
    /// V before reset.
    pub membrane: Vec<f32>,
    /// I before reset.
    pub current: Vec<f32>,
    /// V', the slope that the timing part divides by.
    pub slope: Vec<f32>,
    /// G, the direct dL/dV.
    pub direct: Vec<f32>,
    /// p, the accumulated dL/dV.
    pub p: Vec<f32>,
    /// q, dL/dI.
    pub q: Vec<f32>,
    /// S̄, dL/dS.
    pub spike_gradient: Vec<f32>,
    /// T̄, dL/dT at spikes.
    pub timing_gradient: Vec<f32>,
    /// λ_act σ'(V) S̄, the activation part of G; empty for a mixture, whose parts belong to two passes.
    pub activation_part: Vec<f32>,
    /// −λ_tim T̄ / V' at spikes, the timing part of G; empty for a mixture.
    pub timing_part: Vec<f32>,
}

impl LayerTrace {
    pub(crate) fn zeros(units: usize, steps: usize) -> Self {
        let zeros = || vec![0.0; units * steps];
        Self {
            units,
            steps,
            membrane: zeros(),
            current: zeros(),
            slope: zeros(),
            direct: zeros(),
            p: zeros(),
            q: zeros(),
            spike_gradient: zeros(),
            timing_gradient: zeros(),
            activation_part: Vec::new(),
            timing_part: Vec::new(),
        }
    }

    /// No samples yet, with room for `samples`.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] at `range` where there is no memory for them.
    pub(crate) fn with_room(units: usize, steps: usize, samples: usize) -> Result<Self> {
        let mut trace = Self { units, steps, ..Self::default() };
        let length = units * steps * samples;
        for array in trace.arrays_mut() {
            let what = || memory::missing(Self::bytes(units, steps, samples), "range", "the trace of a layer");
            array.try_reserve_exact(length).map_err(|_| what())?;
        }
        Ok(trace)
    }

    /// Bytes of a trace.
    pub(crate) fn bytes(units: usize, steps: usize, samples: usize) -> u64 {
        [units, steps, samples]
            .into_iter()
            .fold(Self::ARRAYS as u64 * size_of::<f32>() as u64, |bytes, factor| bytes.saturating_mul(factor as u64))
    }

    const ARRAYS: usize = 10;

    /// Appends the trace of a further sample.
    pub(crate) fn append(&mut self, mut other: Self) {
        for (to, from) in self.arrays_mut().into_iter().zip(other.arrays_mut()) {
            to.append(from);
        }
    }

    fn arrays_mut(&mut self) -> [&mut Vec<f32>; Self::ARRAYS] {
        [
            &mut self.membrane,
            &mut self.current,
            &mut self.slope,
            &mut self.direct,
            &mut self.p,
            &mut self.q,
            &mut self.spike_gradient,
            &mut self.timing_gradient,
            &mut self.activation_part,
            &mut self.timing_part,
        ]
    }
}
