//! The trainer: a network, its optimiser and a position in a run. The host drives it, a budget of batches at a time.

mod apply;
mod averages;
mod best;
mod evaluate;
mod evaluation;
mod event;
mod initialize;
mod inspect;
mod learn;
mod learning_stream;
mod local_batch;
mod online;
mod order;
mod position;
mod quantize;
mod run;
mod search;
mod snapshot;
mod stopping;
mod stream;
mod upcoming;

use position::Run;
use spikelet_config::{Config, Error, Frozen, Result, frozen};
use spikelet_data::{Augmenter, Dataset, memory};
use spikelet_kernels::Level;
use spikelet_network::further_inputs;
use spikelet_network::gradient::{InputParameters, LayerParameters};
use spikelet_network::learnt::{LearntShape, LearntValues};
use spikelet_network::network::Network;
use spikelet_network::neuron::Gains;
use spikelet_network::parameters::Kind;
use spikelet_network::plan::PlanSummary;
use spikelet_network::shape::LayerShape;

use crate::loss::Loss;
use crate::memory::{NetworkBytes, Work};
use crate::optim::{Average, Moments};
use crate::pass::{Engine, GROUP, Job, OnlineBatch, Until, Want};
use crate::rule::{GradientPass, SilentUpdate, passes};
use crate::update::{BatchSums, OnlineSums};

pub use evaluation::Evaluation;
pub use event::{EpochRecord, Progress, TrainEvent};
pub use inspect::Gradients;
pub use learning_stream::{LearningBy, LearningStream, StreamLearning};
pub use local_batch::LocalBatch;
pub use snapshot::{Snapshot, SnapshotInfo, Tensor};
pub use upcoming::Upcoming;

/// What learning needs of a sample.
const LEARNING: Want = Want { gradients: true, spikes: false, trace: false };

/// A network in training.
#[derive(Debug)]
pub struct Trainer {
    config: Config,
    network: Network,
    loss: Loss,
    passes: Vec<GradientPass>,
    /// The silent-unit update under this rule.
    silent: SilentUpdate,
    /// What is frozen of each layer.
    frozen: Vec<Frozen>,
    /// Updates so far.
    updates: u64,
    run: Run,
    engine: Engine,
    /// Moments of the optimiser, from the first update on.
    moments: Option<Moments>,
    /// Whether the moments stayed behind when it was saved, so that it can't go on learning.
    lacks_moments: bool,
    /// Updates before the moments of each layer were last set to 0; empty where that is 0 for all.
    cleared: Vec<u64>,
    /// Averages of the parameters, from the first weights that enter them.
    average: Option<Average>,
    /// Sums of a batch, from the first gradient on.
    sums: Option<BatchSums>,
    /// Samples of a batch that learns within samples, from the first one on.
    online: Option<Box<OnlineBatch>>,
    /// Sums of such a batch.
    online_sums: Option<Box<OnlineSums>>,
    /// The kind of work for which memory has been found.
    has_room_for: Option<Work>,
}

/// What is frozen of each layer, then of their further inputs, which have no biases.
fn frozen_connections(config: &Config) -> Vec<Frozen> {
    let layers = frozen(config);
    let given: Vec<_> = config.network.layers.iter().filter(|layer| layer.has_units()).collect();
    let further = further_inputs(&config.network).into_iter().map(|(layer, input)| {
        let learns = input.is_none_or(|input| given[layer].inputs()[input].learns());
        Frozen { weights: layers[layer].weights || !learns, biases: true, learnt: layers[layer].learnt }
    });
    layers.iter().copied().chain(further).collect()
}

impl Trainer {
    /// A trainer with initial weights from the configuration's seed.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] for values out of range, and for what there is no memory for.
    pub fn new(config: Config, level: Level) -> Result<Self> {
        config.validate()?;
        NetworkBytes::of(&config, GROUP).require(1)?;
        let network = Network::new(&config);
        Ok(Self::assemble(config, network, level))
    }

    /// Fails if there is no memory for that many workers: each has states of its own.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the number of bytes.
    pub fn check_memory(&self, workers: usize) -> Result<()> {
        NetworkBytes::of(&self.config, GROUP).require(workers.min(GROUP))
    }

    /// Fails if there is no memory for the first work of a kind; later work finds that of the first.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the number of bytes.
    pub fn require_room(&mut self, work: Work, workers: usize) -> Result<()> {
        if self.has_room_for < Some(work) {
            NetworkBytes::of(&self.config, GROUP).require_for(work, workers.min(GROUP))?;
            self.has_room_for = Some(work);
        }
        Ok(())
    }

    fn assemble(config: Config, network: Network, level: Level) -> Self {
        Self {
            loss: Loss::new(&config),
            passes: passes(&config.rule, network.shapes_with_neurons(), 0),
            silent: SilentUpdate::new(&config.rule, &config.training),
            frozen: frozen_connections(&config),
            updates: 0,
            run: Run::new(&network, config.training.initial_activity.is_some()),
            engine: Engine::new(level),
            moments: None,
            lacks_moments: false,
            cleared: Vec::new(),
            average: None,
            sums: None,
            online: None,
            online_sums: None,
            has_room_for: None,
            network,
            config,
        }
    }

    /// The resolved configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The SIMD level in use.
    #[must_use]
    pub fn level(&self) -> Level {
        self.engine.level
    }

    /// Gains of layers that have no neuron of their own.
    #[must_use]
    pub fn gains(&self) -> Gains {
        Gains::of(&self.config.network.neuron, self.config.network.steps)
    }

    /// Gains in effect of each spiking layer, from the input up.
    #[must_use]
    pub fn layer_gains(&self) -> Vec<Gains> {
        self.network.with_neurons().iter().map(|layer| layer.neuron.gains.clone()).collect()
    }

    /// Sizes of the spiking layers, from the input up.
    #[must_use]
    pub fn shapes(&self) -> &[LayerShape] {
        self.network.shapes_with_neurons()
    }

    /// Whether events of the input get to a max pool with no layer between, which takes spikes without values.
    #[must_use]
    pub fn input_reaches_max_pool(&self) -> bool {
        self.network.input_reaches_max_pool()
    }

    /// Sizes of the further inputs of a layer with neurons.
    #[must_use]
    pub fn further_shapes(&self, layer: usize) -> Vec<LayerShape> {
        let further = self.network.connections(layer).into_iter().skip(1);
        further.map(|connection| self.network.shapes[connection]).collect()
    }

    /// How each backward pass of the rule takes each spiking layer, from the input up, in the current epoch: `[layer][pass]`.
    #[must_use]
    pub fn plans(&self) -> Vec<Vec<PlanSummary>> {
        let mut layers = vec![Vec::new(); self.network.neurons()];
        for pass in &self.passes {
            layers
                .iter_mut()
                .zip(pass.summaries(&self.network, self.config.regularizers.spike_penalty as f32))
                .for_each(|(plans, plan)| plans.push(plan));
        }
        layers
    }

    /// Weights `[unit][input]` and biases `[unit]` with which the network predicts, averages where there are any, weights rounded where the
    /// training rounds them: of a layer with neurons, or,
    /// numbered behind these, of a further input, which has no biases.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a layer that does not exist, [`crate::ErrorCode::ConfigInvalid`] where there is no
    /// memory for them.
    pub fn parameters(&self, layer: usize) -> Result<(Vec<f32>, Vec<f32>)> {
        if layer >= self.network.shapes.len() {
            return Err(Error::shape("layer", format!("must be below {}, got {layer}", self.network.shapes.len())));
        }
        let bytes = self.network.shapes[layer].weights() as u64 * size_of::<f32>() as u64;
        memory::require(bytes, "layer", || "its weights".to_owned())?;
        let mut biases = self.read(layer, Kind::Biases);
        biases.truncate(self.network.biases(layer));
        Ok((self.effective_weights(layer), biases))
    }

    /// Replaces weights `[unit][input]` and biases `[unit]` of a spiking layer, also its averages; its optimiser moments start
    /// again, and the best epoch is forgotten. A run leaves them as they are, whatever `training.initialActivity` says.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for wrong lengths, [`crate::ErrorCode::NonFinite`] for values that are not finite.
    pub fn set_parameters(&mut self, layer: usize, weights: &[f32], biases: &[f32]) -> Result<()> {
        let given =
            LayerParameters { weights: weights.to_vec(), biases: biases.to_vec(), ..LayerParameters::default() };
        self.replace_parameters(layer, &given)
    }

    /// Replaces all parameters of a spiking layer, as [`Trainer::set_parameters`]; learnt constants and delays that are not given
    /// stay unchanged.
    ///
    /// # Errors
    /// The errors of [`Trainer::set_parameters`], also for an array that the layer does not learn, and
    /// [`crate::ErrorCode::ConfigInvalid`] for a value that it cannot have.
    pub fn replace_parameters(&mut self, layer: usize, given: &LayerParameters) -> Result<()> {
        self.network.set_parameters(layer, given)?;
        for (connection, given) in self.network.connections(layer).into_iter().zip(given.by_connection()) {
            if let Some(moments) = &mut self.moments {
                moments.clear_layer(&self.network, connection);
            }
            self.note_cleared(connection..connection + 1);
            let Some(average) = &mut self.average else { continue };
            let arrays = &self.network.learnt[connection];
            let is_given = |kind: &Kind| match kind {
                Kind::Learnt(index) => given.learnt.iter().any(|array| array.name == arrays[*index].what.name()),
                Kind::Weights | Kind::Biases => true,
            };
            for kind in Kind::all(arrays.len()).filter(is_given) {
                average.write(&self.network, connection, kind, &self.network.read(connection, kind));
            }
        }
        self.run.initialization = None;
        self.run.best = None;
        Ok(())
    }

    /// All parameters of a layer with neurons, with which the network predicts.
    ///
    /// # Errors
    /// The errors of [`Trainer::parameters`].
    pub fn layer_parameters(&self, layer: usize) -> Result<LayerParameters> {
        if layer >= self.network.neurons() {
            return Err(Error::shape("layer", format!("must be below {}, got {layer}", self.network.neurons())));
        }
        let (weights, biases) = self.parameters(layer)?;
        let further = self.network.connections(layer).into_iter().skip(1);
        let further = further.map(|connection| {
            Ok(InputParameters { weights: self.parameters(connection)?.0, learnt: self.learnt(connection)? })
        });
        let inputs = further.collect::<Result<_>>()?;
        Ok(LayerParameters { weights, biases, learnt: self.learnt(layer)?, inputs })
    }

    /// Learnt constants of a spiking layer: decays, thresholds, strengths of adaptation (spec 12), and its delays, learnt or not
    /// (spec 13).
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a layer that does not exist.
    pub fn learnt(&self, layer: usize) -> Result<Vec<LearntValues>> {
        let Some(here) = self.network.layers.get(layer) else {
            return Err(Error::shape("layer", format!("must be below {}, got {layer}", self.network.shapes.len())));
        };
        let of_array = |(index, shape): (usize, &LearntShape)| {
            let parameters = self.read(layer, Kind::Learnt(index));
            shape.with(parameters.into_iter().map(|parameter| shape.what.value(parameter)).collect())
        };
        Ok(here.learnt.iter().enumerate().map(of_array).collect())
    }

    /// Updates so far.
    #[must_use]
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// Brings the rule's weights up to the current epoch.
    fn enter_epoch(&mut self) {
        self.passes = passes(&self.config.rule, self.network.shapes_with_neurons(), self.run.epoch);
    }

    /// What to run for each sample of a batch that is learned in the epoch `epoch`, counted from 0.
    fn learning_job<'a>(
        config: &'a Config,
        loss: &'a Loss,
        passes: &'a [GradientPass],
        data: &'a Dataset,
        epoch: u32,
    ) -> Job<'a> {
        Job { augmenter: Augmenter::new(config, epoch), ..Self::job(config, Some(loss), passes, data, LEARNING) }
    }

    fn check_targets(&self, data: &Dataset) -> Result<()> {
        self.loss.accepts(data.targets())
    }

    /// What to run for each sample, borrowed apart from the engine and the network.
    fn job<'a>(
        config: &'a Config,
        loss: Option<&'a Loss>,
        passes: &'a [GradientPass],
        data: &'a Dataset,
        want: Want,
    ) -> Job<'a> {
        Job {
            data,
            loss,
            passes,
            end_simulation: config.loss.end_simulation(),
            until: Until::End,
            membrane: config.loss.membrane(),
            want,
            outside: None,
            augmenter: None,
        }
    }
}
