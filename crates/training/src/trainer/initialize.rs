//! Initial weights that give a network its target activity: a search for the factor of each layer, from the input up.
//!
//! The drawn weights stay in place until the factor of their layer is found.

use spikelet_config::{EndSimulation, InitialActivity, Result};
use spikelet_data::{Dataset, Purpose, Stream};
use spikelet_network::parameters::Kind;

use super::Trainer;
use super::event::TrainEvent;
use super::search::{Initialization, Search};
use crate::executor::Executor;
use crate::pass::{Job, Want};

impl Trainer {
    /// Tries one factor for the current layer of the search, and keeps it if the layer then reaches its target. If no factor is
    /// left, the layer gets the one that came closest.
    pub(super) fn advance_initialization<E: Executor>(
        &mut self,
        activity: &InitialActivity,
        data: &Dataset,
        executor: &E,
        events: &mut Vec<TrainEvent>,
    ) -> Result<()> {
        data.require("train", &self.initialization_samples(activity, data.len()))?;
        let mut position = self.run.initialization.clone().unwrap_or_default();
        let layer = position.layer;
        let mut factor = position.search.factor;
        let drawn = self.network.read(layer, Kind::Weights);
        self.write_initial(layer, &scaled(&drawn, factor));
        let mut spikes_per_unit = self.spikes_per_unit(layer, activity, data, executor);
        let goal = activity.spikes_per_unit.at(layer);
        let is_reached = (spikes_per_unit - goal).abs() <= activity.tolerance * goal;
        let is_settled = is_reached || !position.search.narrow(spikes_per_unit, goal);
        if is_settled && !is_reached {
            (factor, spikes_per_unit) = position.search.closest();
            self.write_initial(layer, &scaled(&drawn, factor));
        }
        let layers = self.network.spiking();
        if is_settled {
            position = Initialization { layer: layer + 1, search: Search::default() };
        } else {
            self.write_initial(layer, &drawn);
        }
        self.run.initialization = (position.layer < layers).then_some(position);
        events.push(TrainEvent::Initialization {
            layer: layer as u32,
            layers: layers as u32,
            factor,
            spikes_per_unit,
            target: goal,
            is_settled,
            is_reached,
        });
        Ok(())
    }

    fn write_initial(&mut self, layer: usize, weights: &[f32]) {
        self.network.write(layer, Kind::Weights, weights);
        self.network.refresh();
    }

    /// The samples that tell how much the layers fire, of so many.
    pub(super) fn initialization_samples(&self, activity: &InitialActivity, of: usize) -> Vec<u32> {
        let mut samples = Stream::new(self.config.training.seed, Purpose::InitialActivity, 0).permutation(of);
        samples.truncate(activity.samples as usize);
        samples
    }

    /// Mean spikes per unit and sample of a layer over all steps.
    fn spikes_per_unit<E: Executor>(
        &mut self,
        layer: usize,
        activity: &InitialActivity,
        data: &Dataset,
        executor: &E,
    ) -> f64 {
        let samples = self.initialization_samples(activity, data.len());
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

fn scaled(weights: &[f32], factor: f64) -> Vec<f32> {
    weights.iter().map(|weight| (f64::from(*weight) * factor) as f32).collect()
}
