//! Weights that make a network fire as much as wanted before it learns: layer by layer from the input up, a search for the factor.
//!
//! The drawn weights stay in place until the factor of their layer is found.

use serde::{Deserialize, Serialize};

use super::{TrainEvent, Trainer};
use crate::Dataset;
use crate::config::{Config, EarlyStop, InitialActivity, NetworkConfig};
use crate::engine::{Job, Want};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::network::Slice;
use crate::rng::{Purpose, Stream};

/// Factors are looked for up to this and down to its inverse.
const LARGEST_FACTOR: f64 = (1u32 << 20) as f64;
/// Two factors closer than this are one: the activity jumps between them.
const CLOSEST: f64 = 1.0 + 1e-7;

/// Position in the search for the factors of all layers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Initialization {
    layer: usize,
    search: Search,
}

impl Initialization {
    /// Whether a search of this configuration can stand here.
    pub(super) fn fits(&self, config: &Config, layers: usize) -> bool {
        config.training.initial_activity.is_some() && self.layer < layers && self.search.fits()
    }
}

/// Bisection, of the logarithm, for the factor of one layer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    factor: f64,
    /// Largest factor with too few spikes, and how many.
    low: Option<(f64, f64)>,
    /// Smallest factor with too many.
    high: Option<(f64, f64)>,
}

impl Default for Search {
    fn default() -> Self {
        Self { factor: 1.0, low: None, high: None }
    }
}

impl Search {
    fn fits(&self) -> bool {
        let ends = [self.low, self.high].into_iter().flatten();
        let mut factors = ends.map(|(factor, _)| factor).chain([self.factor]);
        factors.all(|factor| (1.0 / LARGEST_FACTOR..=LARGEST_FACTOR).contains(&factor))
    }

    /// The next factor after one at which there were too few or too many spikes per unit; fails where no factor is left.
    fn narrow(&mut self, spikes: f64, wanted: f64) -> std::result::Result<(), String> {
        let side = if spikes < wanted { &mut self.low } else { &mut self.high };
        *side = Some((self.factor, spikes));
        self.factor = match (self.low, self.high) {
            (Some((low, few)), Some((high, many))) if high < low * CLOSEST => {
                return Err(format!("the activity jumps from {few:.4} to {many:.4}: measure on more samples"));
            }
            (Some((low, _)), Some((high, _))) => (low * high).sqrt(),
            (Some((low, few)), None) if low >= LARGEST_FACTOR => return Err(format!("it comes to {few:.4} at most")),
            (None, Some((high, many))) if high <= 1.0 / LARGEST_FACTOR => {
                return Err(format!("it comes to {many:.4} at least"));
            }
            (Some((low, _)), None) => low * 2.0,
            (None, Some((high, _))) => high / 2.0,
            (None, None) => unreachable!("one side was just set"),
        };
        Ok(())
    }
}

impl Trainer {
    /// Tries one factor for the layer that the search stands at, and takes it if the layer then fires as wanted.
    pub(super) fn advance_initialization<E: Executor>(
        &mut self,
        wanted: &InitialActivity,
        data: &Dataset,
        executor: &E,
        events: &mut Vec<TrainEvent>,
    ) -> Result<()> {
        let mut position = self.run.initialization.clone().unwrap_or_default();
        let layer = position.layer;
        let factor = position.search.factor;
        let drawn = self.network.read_weights(layer, Slice::Values);
        let scaled: Vec<f32> = drawn.iter().map(|weight| (f64::from(*weight) * factor) as f32).collect();
        self.write_initial(layer, &scaled);
        let spikes_per_unit = self.spikes_per_unit(layer, wanted, data, executor);
        let goal = wanted.spikes_per_unit.at(layer);
        let is_settled = (spikes_per_unit - goal).abs() <= wanted.tolerance * goal;
        let layers = self.network.shapes.len();
        if is_settled {
            position = Initialization { layer: layer + 1, search: Search::default() };
        } else {
            self.write_initial(layer, &drawn);
            let narrowed = position.search.narrow(spikes_per_unit, goal);
            narrowed.map_err(|why| unreachable_activity(&self.config.network, wanted, layer, &why))?;
        }
        self.run.initialization = (position.layer < layers).then_some(position);
        events.push(TrainEvent::Initialization {
            layer: layer as u32,
            layers: layers as u32,
            factor,
            spikes_per_unit,
            is_settled,
        });
        Ok(())
    }

    fn write_initial(&mut self, layer: usize, weights: &[f32]) {
        self.network.write_weights(layer, Slice::Values, weights);
        self.network.refresh();
    }

    /// Mean spikes per unit and sample of a layer over all steps.
    fn spikes_per_unit<E: Executor>(
        &mut self,
        layer: usize,
        wanted: &InitialActivity,
        data: &Dataset,
        executor: &E,
    ) -> f64 {
        let mut samples = Stream::new(self.config.training.seed, Purpose::InitialActivity, 0).permutation(data.len());
        samples.truncate(wanted.samples as usize);
        let want = Want { gradients: false, spikes: false, trace: false };
        let job = Job { early_stop: EarlyStop::Off, ..Self::job(&self.config, None, &self.sweeps, data, want) };
        let mut spikes = 0;
        let counted = self.engine.run_batch(&mut self.network, &job, &samples, executor, |_, slots, _| {
            spikes += slots.iter().map(|slot| slot.outcome.spikes[layer]).sum::<u64>();
            Ok::<(), std::convert::Infallible>(())
        });
        let Ok(()) = counted;
        spikes as f64 / (self.network.shapes[layer].units * samples.len()) as f64
    }
}

fn unreachable_activity(network: &NetworkConfig, wanted: &InitialActivity, layer: usize, why: &str) -> Error {
    let spiking = network.layers.iter().enumerate().filter(|(_, layer)| layer.is_spiking());
    let index = spiking.map(|(index, _)| index).nth(layer).expect("the layer exists");
    let spikes = wanted.spikes_per_unit.at(layer);
    Error::config(
        wanted.spikes_per_unit.path(InitialActivity::SPIKES_PER_UNIT, layer),
        format!("network.layers[{index}] can't be made to fire {spikes} spikes per unit and sample: {why}"),
    )
}
