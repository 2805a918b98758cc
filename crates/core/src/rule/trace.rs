//! Every state and adjoint of a sample, for those who want to look (the gradient oracle and its tests).

use spikelet_kernels::{BackwardTile, Level, SpikeError, StepEvents, reference};

use super::convolution::InputGradient;
use super::recurrent::Return;
use super::sweep::{SLOPE_FLOOR, Source};
use super::{Lanes, Sweep};
use crate::aligned::Aligned;
use crate::engine::Workspace;
use crate::error::Result;
use crate::memory;
use crate::network::Network;
use crate::readout::LayerSpikes;

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

/// Traces of all layers for one sample.
pub(crate) type SampleTrace = Vec<LayerTrace>;

impl LayerTrace {
    fn zeros(units: usize, steps: usize) -> Self {
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

/// Membrane, current and slope of every unit.
pub(super) fn record_forward(network: &Network, input_units: &[u32], steps: usize, work: &Workspace) -> SampleTrace {
    let c = network.constants;
    let input = LayerSpikes { offsets: &work.input_offsets, units: input_units, steps };
    let mut traces = Vec::new();
    for (layer, wiring) in network.wirings.iter().enumerate() {
        let units = wiring.shape.units;
        let mut trace = LayerTrace::zeros(units, network.steps);
        let here = &work.layers[layer];
        let below = layer.checked_sub(1).map_or(input, |below| work.layers[below].spikes(steps));
        let arriving = here.arrivals.spikes(wiring, &below);
        let gain = network.gains.current as f32 * wiring.share;
        for (number, site) in wiring.sites.iter().enumerate() {
            let tile = &network.layer(layer)[site.tile];
            let membrane = &here.trace[site.lane * network.steps..][..site.lanes * network.steps];
            let spikes = &here.spikes[number * network.steps..][..network.steps];
            let (weights, events) = match &wiring.convolution {
                None => (&tile.weights.values, StepEvents { offsets: arriving.offsets, units: arriving.units }),
                Some(_) => (&tile.shared.drive, here.arrivals.sites.events(number)),
            };
            for (lane, &unit) in wiring.units_of(site) {
                let (mut current, mut last) = (0.0, 0.0);
                for t in 0..steps {
                    let drive =
                        events.at(t).iter().fold(0.0, |sum, &row| sum + weights[row as usize * site.lanes + lane]);
                    current = current * c.current_decay + drive * gain;
                    let value = membrane[t * site.lanes + lane];
                    let at = t * units + unit as usize;
                    trace.membrane[at] = value;
                    trace.current[at] = current;
                    trace.slope[at] = (value - last).max(SLOPE_FLOOR);
                    let fired = spikes[t] >> lane & 1 == 1;
                    last = if fired { 0.0 } else { value };
                    current = if fired { 0.0 } else { current };
                }
            }
        }
        traces.push(trace);
    }
    traces
}

/// Adjoints of a rule that is a single sweep.
pub(super) fn record_sweep(
    network: &Network,
    sweep: &Sweep,
    end: usize,
    level: Level,
    work: &Workspace,
    traces: &mut SampleTrace,
) {
    let membrane_gain = network.gains.membrane as f32;
    let (mut error, mut timing) = (Aligned::default(), Vec::new());
    let mut arriving = InputGradient::default();
    for (layer, trace) in traces.iter_mut().enumerate() {
        let here = &work.layers[layer];
        let wiring = &network.wirings[layer];
        let above = work.layers.get(layer + 1);
        arriving.fill(level, network, layer + 1, above, end, 1.0);
        let returns = Return { level, network, layer };
        let source = Source { level, network, layer, above, gradient: &work.gradient, arriving: &arriving, end };
        for (number, site) in wiring.sites.iter().enumerate() {
            let units: Vec<_> = wiring.units_of(site).map(|(lane, &unit)| (lane, unit as usize)).collect();
            for t in 0..end {
                for &(lane, unit) in &units {
                    let (from, to) = (t * wiring.stride + site.adjoint + lane, t * trace.units + unit);
                    trace.direct[to] = here.direct[from];
                    trace.p[to] = here.p[from];
                    trace.q[to] = here.q[from] * membrane_gain;
                }
            }
            error.clear();
            source.fill_error(number, 1.0, &mut error);
            if wiring.is_recurrent() {
                error.resize(end * site.lanes);
                for (t, row) in error.chunks_exact_mut(site.lanes).enumerate().take(end.saturating_sub(1)) {
                    returns.add_error(site, &here.q[(t + 1) * wiring.stride..], 1.0, row);
                }
            }
            for (t, row) in error.chunks_exact(site.lanes).enumerate() {
                units.iter().for_each(|&(lane, unit)| trace.spike_gradient[t * trace.units + unit] = row[lane]);
            }
            if above.is_some() && !sweep.has_timing() {
                continue;
            }
            let spikes = &here.spikes[number * network.steps..][..network.steps];
            timing.clear();
            source.fill_timing(number, here, &mut timing);
            if wiring.is_recurrent() && sweep.has_timing() {
                let mut rest = &mut timing[..];
                for (t, &bits) in spikes[..end.saturating_sub(1)].iter().enumerate() {
                    let (of_step, later) = rest.split_at_mut(bits.count_ones() as usize);
                    returns.add_timing(site, &here.r[(t + 1) * wiring.stride..], bits, of_step);
                    rest = later;
                }
            }
            let mut values = timing.iter();
            for (t, &bits) in spikes[..end].iter().enumerate() {
                for &(_, unit) in units.iter().filter(|(lane, _)| bits >> lane & 1 == 1) {
                    let value = values.next().expect("one value for each spike");
                    trace.timing_gradient[t * trace.units + unit] = *value;
                }
            }
        }
        add_options(network, sweep, layer, end, work, trace);
        split_direct(sweep, layer, network.constants.threshold, trace);
    }
}

/// The two parts of G. Where one of them is zero the other is G itself.
fn split_direct(sweep: &Sweep, layer: usize, threshold: f32, trace: &mut LayerTrace) {
    let weights = sweep.weights[layer];
    let factor = weights.activation * sweep.scale;
    let timing = trace.timing_gradient.iter().zip(&trace.slope);
    let timing =
        timing.map(|(&gradient, slope)| if gradient == 0.0 { 0.0 } else { weights.timing * (-gradient / slope) });
    trace.timing_part = timing.collect();
    trace.activation_part = trace.direct.clone();
    for (at, part) in trace.activation_part.iter_mut().enumerate().filter(|&(at, _)| trace.timing_part[at] != 0.0) {
        *part = if factor == 0.0 {
            0.0
        } else {
            sweep.surrogate.times((trace.membrane[at] - threshold).abs(), factor * trace.spike_gradient[at])
        };
    }
}

/// What the options of a sweep add to S̄ and T̄.
fn add_options(network: &Network, sweep: &Sweep, layer: usize, end: usize, work: &Workspace, trace: &mut LayerTrace) {
    let here = &work.layers[layer];
    let wiring = &network.wirings[layer];
    for (number, site) in wiring.sites.iter().enumerate() {
        let tile = &network.layer(layer)[site.tile];
        let hidden_slope = work.gradient.hidden[layer];
        for t in 0..end {
            wiring
                .units_of(site)
                .for_each(|(_, &unit)| trace.spike_gradient[t * trace.units + unit as usize] += hidden_slope);
        }
        let in_use = wiring.lanes_in_use(site);
        let lanes = Lanes { layer, in_use, bias: tile.site_bias(site), hidden_slope, refractory: network.refractory };
        let Some(mut options) = sweep.options(&lanes) else { continue };
        options.factor = 1.0;
        let spikes = &here.spikes[number * network.steps..][..network.steps];
        let kernel = BackwardTile {
            lanes: site.lanes,
            end,
            from: 0,
            to: end,
            trace: &here.trace[site.lane * network.steps..(site.lane + site.lanes) * network.steps],
            spikes,
            error: SpikeError::None,
            timing: &[],
            timing_weight: 0.0,
            is_gated: sweep.is_gated,
            surrogate: sweep.surrogate,
            slope_floor: SLOPE_FLOOR,
            constants: network.constants,
            terms: None,
        };
        for (lane, &unit) in wiring.units_of(site) {
            let column = |values: &[f32]| -> Vec<f32> {
                (0..end).map(|t| values[t * wiring.stride + site.adjoint + lane]).chain([0.0]).collect()
            };
            let (p, q, direct) = (column(&here.p), column(&here.q), column(&here.direct));
            for t in 0..end {
                let terms = reference::reset_terms(&kernel, &options, t, lane, (p[t + 1], q[t + 1]), &direct);
                let at = t * trace.units + unit as usize;
                trace.spike_gradient[at] -= terms.spike;
                if spikes[t] >> lane & 1 == 1 {
                    trace.timing_gradient[at] -= terms.reset_slope;
                }
            }
        }
    }
}
