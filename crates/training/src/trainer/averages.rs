//! The weights with which a network predicts: averages, once there are any.

use spikelet_config::{Averaging, Config};
use spikelet_network::network::Network;
use spikelet_network::parameters::Kind;

use super::Trainer;
use crate::executor::{Executor, Sequential};
use crate::optim::Average;

impl Trainer {
    /// Takes the weights after an update into an average over updates.
    pub(super) fn average_update<E: Executor>(&mut self, executor: &E) {
        if matches!(self.config.training.averaging, Some(Averaging::Ema(_))) {
            self.average(executor);
        }
    }

    /// Takes the weights after the last update of an epoch into an average over epochs.
    pub(super) fn average_epoch(&mut self) {
        let Some(Averaging::Swa(swa)) = &self.config.training.averaging else { return };
        if self.run.epoch.saturating_add(swa.epochs) >= self.config.training.epochs {
            self.average(&Sequential);
        }
    }

    /// Lets go of an average over the last epochs where others will be the last.
    pub(super) fn forget_epoch_average(&mut self) {
        if matches!(self.config.training.averaging, Some(Averaging::Swa(_))) {
            self.average = None;
        }
    }

    fn average<E: Executor>(&mut self, executor: &E) {
        let Self { config, network, average, .. } = self;
        let Some(averaging) = &config.training.averaging else { return };
        match average {
            Some(average) => average.add(averaging, network, executor),
            None => *average = Some(Average::new(network)),
        }
    }

    /// Calls `work` with a network that has the weights with which it predicts.
    pub(super) fn predicting<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let Some(mut average) = self.average.take() else { return work(self) };
        average.swap(&mut self.network);
        self.network.refresh();
        let result = work(self);
        average.swap(&mut self.network);
        self.network.refresh();
        self.average = Some(average);
        result
    }

    /// Calls `work` with the configuration and the network as it predicts.
    pub fn with_predictor<T>(&mut self, work: impl FnOnce(&Config, &Network) -> T) -> T {
        self.predicting(|trainer| work(&trainer.config, &trainer.network))
    }

    /// Weights of a layer that passes read as the network predicts, `[unit][input]`.
    pub(super) fn effective_weights(&self, layer: usize) -> Vec<f32> {
        match &self.average {
            None => self.network.effective_weights(layer),
            Some(average) if self.network.rounding.is_some() => {
                let mut network = self.network.clone();
                average.clone().swap(&mut network);
                network.refresh();
                network.effective_weights(layer)
            }
            Some(average) => average.read(&self.network, layer, Kind::Weights),
        }
    }

    /// Parameters of a layer with which the network predicts, `[unit][input]` or `[unit]`, as the optimiser moves or averages take them.
    pub(super) fn read(&self, layer: usize, kind: Kind) -> Vec<f32> {
        match &self.average {
            Some(average) => average.read(&self.network, layer, kind),
            None => self.network.read(layer, kind),
        }
    }
}
