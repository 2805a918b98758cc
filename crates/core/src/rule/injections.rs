//! What the output layer's adjoints inject into their projections onto the layer below (see the kernel's page).
//!
//! With the latency loss only first spikes, and the labelled unit while it is silent, have a direct gradient, so that carrying
//! `Wᵀp` and `Wᵀq` along costs a few rows instead of a product for every step.

use spikelet_kernels::Injection;

use super::Sweep;
use crate::engine::LayerWork;
use crate::loss::SpikeGradient;
use crate::network::Network;

/// Injections by step.
#[derive(Debug, Default)]
pub(crate) struct Injections {
    pub(crate) offsets: Vec<u32>,
    pub(crate) entries: Vec<Injection>,
    /// Outputs with a direct gradient at every step.
    steady: Vec<u32>,
}

impl Injections {
    /// Lists the injections of the output layer, `scale` times, and says whether they are few enough to pay off.
    pub(crate) fn list(
        &mut self,
        network: &Network,
        sweep: &Sweep,
        gradient: &SpikeGradient,
        output: &LayerWork,
        end: usize,
        scale: f32,
    ) -> bool {
        self.steady.clear();
        match gradient {
            SpikeGradient::Zero => {}
            SpikeGradient::Constant(slopes) => {
                let steady = (0..slopes.len() as u32).filter(|&unit| slopes[unit as usize] != 0.0);
                self.steady.extend(steady);
            }
            SpikeGradient::Dense(_) => return false,
        }
        let outputs = network.outputs();
        let count = output.offsets[end] as usize + end * self.steady.len();
        // An injection costs two products, a step of the dense projection one for each output.
        if 2 * count > end * outputs {
            return false;
        }
        self.offsets.clear();
        self.entries.clear();
        self.offsets.push(0);
        for t in 0..end {
            let fired = &output.units[output.offsets[t] as usize..output.offsets[t + 1] as usize];
            for &unit in fired {
                self.entries.push(at(network, sweep, output, unit, t, end, true, scale));
            }
            for &unit in &self.steady {
                if fired.binary_search(&unit).is_err() {
                    self.entries.push(at(network, sweep, output, unit, t, end, false, scale));
                }
            }
            self.offsets.push(self.entries.len() as u32);
        }
        true
    }
}

#[expect(clippy::too_many_arguments, reason = "inlined into the loop above")]
#[inline]
fn at(
    network: &Network,
    sweep: &Sweep,
    output: &LayerWork,
    unit: u32,
    t: usize,
    end: usize,
    fired: bool,
    scale: f32,
) -> Injection {
    let stride = output.current.len();
    let here = t * stride + unit as usize;
    let mut injection = Injection { unit, membrane: output.direct[here], current: 0.0 };
    if fired && sweep.is_gated && t + 1 < end {
        let next = here + stride;
        injection.membrane -= network.constants.membrane_decay * output.p[next];
        injection.current = -network.constants.current_decay * output.q[next];
    }
    injection.membrane *= scale;
    injection.current *= scale;
    injection
}
