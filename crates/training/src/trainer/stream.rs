//! Answers step by step.

use spikelet_config::{Error, Result};
use spikelet_network::pass::{SpikeStream, stream_steps};

use super::Trainer;
use super::learning_stream::StreamLearning;
use crate::loss::MembraneStatistic;
use crate::memory::NetworkBytes;
use crate::stream::{DecidingStream, DecisionWindow, SavedStream};

impl Trainer {
    /// A stream of steps through the network with the parameters with which it predicts now. It may have more steps than the
    /// configuration; up to those its spikes and membranes are those of a sample. With `learning`, its parameters move as it runs, from
    /// where such a stream was saved on, if one was.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] for a window where the network decides nothing, where there is no memory for it, and with the path
    /// `learn` for what a stream cannot learn.
    pub fn stream(
        &mut self,
        window: Option<DecisionWindow>,
        learning: Option<(StreamLearning, Option<SavedStream>)>,
    ) -> Result<DecidingStream> {
        let fires = self.network.with_neurons().last().is_some_and(|layer| layer.neuron.fires);
        if window.is_some() && !fires && self.config.loss.membrane().is_none() {
            let message = "decides nothing: the loss of this readout has no statistic of membranes to decide by";
            return Err(Error::config("window", message));
        }
        NetworkBytes::with_steps(&self.config, stream_steps(&self.network), 1).require(1)?;
        let membrane = self.config.loss.membrane();
        let outputs = self.network.outputs();
        let statistic = membrane.map(|loss| MembraneStatistic::new(loss, self.network.steps, outputs));
        if let Some((learning, saved)) = learning {
            let (trainer, words) = saved.map(|SavedStream { trainer, words }| (trainer, words)).unzip();
            let learner = self.learning_stream(learning, trainer)?;
            let mut stream = DecidingStream::learning(learner, statistic, window)?;
            if let Some(words) = words {
                stream.resume(&words)?;
            }
            return Ok(stream);
        }
        let (inputs, level) = (self.config.network.input.units(), self.engine.level);
        let stream = self.predicting(|trainer| SpikeStream::new(&trainer.network, inputs, level));
        DecidingStream::new(stream, statistic, window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spikelet_config::Config;
    use spikelet_kernels::Level;

    fn steps(layer: &str, neuron: &str) -> usize {
        let text = format!(
            r#"{{"network":{{"input":4,"steps":100,"neuron":{{{neuron}}},"layers":[{{"type":"dense","units":3{layer}}}]}},
                "rule":{{"type":"activation"}},"loss":{{"type":"count","positive":1}}}}"#
        );
        stream_steps(&Trainer::new(Config::from_json(&text).unwrap(), Level::detect()).unwrap().network)
    }

    #[test]
    fn arrays_reach_back_over_refractory_periods_and_ahead_over_delays() {
        assert_eq!(steps("", ""), 64 + 512);
        assert_eq!(steps("", r#""refractory":90"#), 128 + 512);
        let delay = steps(r#","delays":{"by":"connection","max":90}"#, "") - (64 + 512);
        assert!((1..=90).contains(&delay), "{delay}");
    }
}
