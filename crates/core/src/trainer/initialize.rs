//! Weights that make a network fire as much as wanted before it learns: layer by layer from the input up, a search for the factor.
//!
//! The drawn weights stay in place until the factor of their layer is found.

use super::Trainer;
use super::event::TrainEvent;
use super::search::{Initialization, Search};
use crate::Dataset;
use crate::config::{EndSimulation, InitialActivity, NetworkConfig};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::parameters::Kind;
use crate::pass::{Job, Want};
use crate::rng::{Purpose, Stream};

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
        let drawn = self.network.read(layer, Kind::Weights);
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
        self.network.write(layer, Kind::Weights, weights);
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
        let job = Job { end_simulation: EndSimulation::Off, ..Self::job(&self.config, None, &self.passes, data, want) };
        let mut spikes = 0;
        let counted = self.engine.run_batch(&mut self.network, &job, &samples, executor, |_, results, _| {
            spikes += results.iter().map(|result| result.outcome.spikes[layer]).sum::<u64>();
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
