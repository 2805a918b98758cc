//! What the output layer's adjoints inject into their projections onto the layer before it (see the kernel's page).
//!
//! With the latency loss only first spikes, and the labelled unit while it is silent, have a direct gradient, so that carrying
//! `Wᵀp` and `Wᵀq` along costs a few rows instead of a product for every step. A readout injects its gradient at the steps at which it has
//! one; the same at each of them for a mean over steps.

use spikelet_kernels::{Injection, LifConstants, ProjectedError, SpikeError, SteadyError, steady_course};
use spikelet_network::connection::LayerView;
use spikelet_network::layer::LayerState;
use spikelet_network::state::Adjoints;

use crate::loss::SpikeGradient;

/// Injections by step.
#[derive(Debug, Default)]
pub(super) struct Injections {
    offsets: Vec<u32>,
    entries: Vec<Injection>,
    /// What a readout injects at every step; there are no others then.
    steady: Vec<Injection>,
    /// φ of each step.
    course: Vec<f32>,
    /// Outputs with a direct gradient at every step.
    labelled: Vec<u32>,
}

/// The output layer after its backward pass.
#[derive(Clone, Copy)]
pub(super) struct Output<'a> {
    pub(super) view: LayerView<'a>,
    pub(super) state: &'a LayerState,
    /// Whether resets stop the gradient.
    pub(super) is_gated: bool,
    /// Step from which on there is no gradient.
    pub(super) end: usize,
}

impl Injections {
    /// Lists the injections of the output layer, `scale` times, and says whether they are few enough to pay off.
    pub(super) fn list(&mut self, output: &Output<'_>, gradient: &SpikeGradient, scale: f32) -> bool {
        self.offsets.clear();
        self.entries.clear();
        self.steady.clear();
        if !output.view.neuron.fires {
            return self.list_of_membranes(output, gradient, scale);
        }
        self.labelled.clear();
        match gradient {
            SpikeGradient::Zero => {}
            SpikeGradient::Constant(gradients) => {
                let steady = (0..gradients.len() as u32).filter(|&unit| gradients[unit as usize] != 0.0);
                self.labelled.extend(steady);
            }
            SpikeGradient::Dense(_) => return false,
        }
        let (end, spikes) = (output.end, &output.state.spikes);
        let count = spikes.offsets[end] as usize + end * self.labelled.len();
        // An injection costs two products, a step of the dense projection one for each output.
        if 2 * count > end * output.view.shape.units {
            return false;
        }
        let constants = output.view.neuron.constants;
        let Self { offsets, entries, labelled, .. } = self;
        offsets.reserve(end + 1);
        entries.reserve(count);
        offsets.push(0);
        for t in 0..end {
            let fired = &spikes.units[spikes.offsets[t] as usize..spikes.offsets[t + 1] as usize];
            let has_next = output.is_gated && t + 1 < end;
            for &unit in fired {
                entries.push(output.at(&constants, unit, t, has_next, scale));
            }
            for &unit in labelled.iter().filter(|unit| !fired.contains(unit)) {
                entries.push(output.at(&constants, unit, t, false, scale));
            }
            offsets.push(entries.len() as u32);
        }
        true
    }

    /// What leads to E by the `weights` from a tile of lanes.
    pub(super) fn error<'a>(&'a self, weights: &'a [f32]) -> SpikeError<'a> {
        if self.steady.is_empty() {
            return SpikeError::Projected(ProjectedError {
                weights,
                offsets: &self.offsets,
                injections: &self.entries,
            });
        }
        SpikeError::Steady(SteadyError { weights, injections: &self.steady, course: &self.course })
    }

    /// Lists the injections of outputs that never fire, whose G is their gradient.
    fn list_of_membranes(&mut self, output: &Output<'_>, gradient: &SpikeGradient, scale: f32) -> bool {
        let injected = |(unit, &gradient): (usize, &f32)| {
            (gradient != 0.0).then_some(Injection { unit: unit as u32, membrane: gradient * scale, current: 0.0 })
        };
        let units = output.view.shape.units;
        self.offsets.resize(output.end + 1, 0);
        match gradient {
            SpikeGradient::Zero => {}
            SpikeGradient::Constant(gradients) => {
                self.steady.extend(gradients.iter().enumerate().filter_map(injected));
                self.course.resize(output.end, 0.0);
                steady_course(&output.view.neuron.constants, &mut self.course);
            }
            SpikeGradient::Dense(gradients) => {
                for (t, row) in gradients.chunks_exact(units).take(output.end).enumerate() {
                    self.entries.extend(row.iter().enumerate().filter_map(injected));
                    self.offsets[t + 1] = self.entries.len() as u32;
                }
            }
        }
        2 * self.entries.len() <= output.end * units
    }
}

impl Output<'_> {
    /// What one output injects at a step; `closes`: its gate is closed there.
    #[inline]
    fn at(&self, constants: &LifConstants, unit: u32, t: usize, closes: bool, scale: f32) -> Injection {
        let Adjoints { q, p, direct, .. } = &self.state.adjoints;
        let stride = self.view.layout.stride;
        let here = t * stride + unit as usize;
        let mut injection = Injection { unit, membrane: direct[here], current: 0.0 };
        if closes {
            let next = here + stride;
            injection.membrane -= constants.membrane_decay * p[next];
            injection.current = -constants.current_decay * q[next];
        }
        injection.membrane *= scale;
        injection.current *= scale;
        injection
    }
}
