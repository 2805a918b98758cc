//! The class `WasmSession`.

use js_sys::{Object, Uint8Array};
use spikelet_session::{OutsideGradient, Session};
use wasm_bindgen::prelude::*;

use crate::arrays::{
    DatasetArrays, ParameterArrays, event_arrays, gradient_arrays, parameter_arrays, prediction_arrays, stream_arrays,
};
use crate::error::thrown;

type Outcome<T> = Result<T, JsValue>;

/// One network in training; `free()` frees it.
#[wasm_bindgen]
pub struct WasmSession(Session);

#[wasm_bindgen]
impl WasmSession {
    /// A session with initial weights from the configuration's seed.
    pub fn create(config: &str, simd: Option<String>, threads: Option<String>) -> Outcome<WasmSession> {
        Session::create(config, simd.as_deref(), threads.as_deref()).map(Self).map_err(thrown)
    }

    /// The session that a checkpoint was taken of.
    pub fn restore(checkpoint: &[u8], simd: Option<String>, threads: Option<String>) -> Outcome<WasmSession> {
        Session::restore(checkpoint, simd.as_deref(), threads.as_deref()).map(Self).map_err(thrown)
    }

    /// The resolved configuration as JSON.
    #[must_use]
    pub fn config(&self) -> String {
        self.0.config()
    }

    /// JSON of the structure and progress of the session.
    #[must_use]
    pub fn info(&self) -> String {
        self.0.info()
    }

    /// Takes ownership of a data set and returns its number.
    #[wasm_bindgen(js_name = addDataset)]
    pub fn add_dataset(&mut self, descriptor: &str, arrays: DatasetArrays) -> Outcome<u32> {
        self.0.add_dataset(descriptor, arrays.copied()).map_err(thrown)
    }

    /// Replaces the samples of a data set that are present.
    pub fn supply(&mut self, dataset: u32, rows: &[u32], arrays: DatasetArrays) -> Outcome<()> {
        self.0.supply(dataset, rows, arrays.copied()).map_err(thrown)
    }

    /// JSON of the samples that the run needs next.
    pub fn upcoming(&mut self, skip: u32, max_batches: u32) -> Outcome<String> {
        self.0.upcoming(skip, max_batches).map_err(thrown)
    }

    /// JSON of the samples that the evaluation needs next.
    #[wasm_bindgen(js_name = upcomingEvaluation)]
    pub fn upcoming_evaluation(&mut self, max_samples: u32, before: Option<u32>) -> Outcome<String> {
        self.0.upcoming_evaluation(max_samples, before).map_err(thrown)
    }

    /// Frees a data set.
    #[wasm_bindgen(js_name = removeDataset)]
    pub fn remove_dataset(&mut self, id: u32) -> Outcome<()> {
        self.0.remove_dataset(id).map_err(thrown)
    }

    /// Starts a run, or continues with the one under way.
    pub fn begin(&mut self, options: &str) -> Outcome<()> {
        self.0.begin(options).map_err(thrown)
    }

    /// Learns and returns a JSON array of events.
    pub fn advance(&mut self, max_batches: u32) -> Outcome<String> {
        self.0.advance(max_batches).map_err(thrown)
    }

    /// Runs this rank's part of the batch that comes next and returns its records.
    #[wasm_bindgen(js_name = runLocalBatch)]
    pub fn run_local_batch(&mut self, rank: u32, size: u32) -> Outcome<Option<Uint8Array>> {
        let records = self.0.run_local_batch(rank, size).map_err(thrown)?;
        Ok(records.map(Uint8Array::from))
    }

    /// Learns the batch from the records of all local batches and returns a JSON array of events.
    #[wasm_bindgen(js_name = finishBatch)]
    pub fn finish_batch(&mut self, records: Vec<Uint8Array>) -> Outcome<String> {
        let records: Vec<Vec<u8>> = records.iter().map(Uint8Array::to_vec).collect();
        let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        self.0.finish_batch(&records).map_err(thrown)
    }

    /// Starts a pass over a data set; if requested, each sample only up to its decision.
    #[wasm_bindgen(js_name = beginEvaluation)]
    pub fn begin_evaluation(&mut self, dataset: u32, early_decision: bool) -> Outcome<()> {
        self.0.begin_evaluation(dataset, early_decision).map_err(thrown)
    }

    /// Continues the pass and returns JSON of its state.
    #[wasm_bindgen(js_name = advanceEvaluation)]
    pub fn advance_evaluation(&mut self, max_samples: u32) -> Outcome<String> {
        self.0.advance_evaluation(max_samples).map_err(thrown)
    }

    /// Decisions and spikes of samples; if requested, each only up to its decision.
    #[wasm_bindgen(unchecked_return_type = "PredictionArrays")]
    pub fn predict(&mut self, dataset: u32, start: u32, count: u32, early_decision: bool) -> Outcome<Object> {
        self.0.predict(dataset, start, count, early_decision).map(prediction_arrays).map_err(thrown)
    }

    /// What the conversion to whole numbers reads of the network and of its states on samples.
    pub fn measure(&mut self, dataset: u32, start: u32, count: u32) -> Outcome<Vec<f64>> {
        self.0.measure(dataset, start, count).map_err(thrown)
    }

    /// Samples for a network of whole numbers.
    #[wasm_bindgen(unchecked_return_type = "EventArrays")]
    pub fn spikes(&mut self, dataset: u32, start: u32, count: u32) -> Outcome<Object> {
        self.0.spikes(dataset, start, count).map(event_arrays).map_err(thrown)
    }

    /// Opens a stream, perhaps where one was saved, and returns its number.
    #[wasm_bindgen(js_name = openStream)]
    pub fn open_stream(&mut self, options: &str, saved: Option<Vec<u8>>) -> Outcome<u32> {
        self.0.open_stream(options, saved.as_deref()).map_err(thrown)
    }

    /// Runs steps of a stream; without `values`, those of all events are 1.
    #[wasm_bindgen(js_name = runStream, unchecked_return_type = "StreamArrays")]
    pub fn run_stream(
        &mut self,
        stream: u32,
        times: Vec<u16>,
        units: Vec<u32>,
        steps: u32,
        values: Option<Vec<f32>>,
    ) -> Outcome<Object> {
        self.0.run_stream(stream, (times, units, values), steps).map(stream_arrays).map_err(thrown)
    }

    /// Runs one step of a stream, and writes what the outputs do to `row`.
    #[wasm_bindgen(js_name = stepStream)]
    pub fn step_stream(&mut self, stream: u32, units: &[u32], row: &mut [f32]) -> Outcome<()> {
        self.0.step_stream(stream, units, row).map_err(thrown)
    }

    /// Runs steps of a stream that learns.
    #[wasm_bindgen(js_name = learnStream, unchecked_return_type = "StreamArrays")]
    pub fn learn_stream(
        &mut self,
        stream: u32,
        times: Vec<u16>,
        units: Vec<u32>,
        steps: u32,
        targets: &[f32],
        values: Option<Vec<f32>>,
    ) -> Outcome<Object> {
        self.0.learn_stream(stream, (times, units, values), steps, targets).map(stream_arrays).map_err(thrown)
    }

    /// Moves the parameters of a stream by a reward.
    #[wasm_bindgen(js_name = rewardStream)]
    pub fn reward_stream(&mut self, stream: u32, reward: f32) -> Outcome<()> {
        self.0.reward_stream(stream, reward).map_err(thrown)
    }

    /// Bytes from which a stream that learns goes on.
    #[wasm_bindgen(js_name = saveStream)]
    pub fn save_stream(&mut self, stream: u32) -> Outcome<Vec<u8>> {
        self.0.save_stream(stream).map_err(thrown)
    }

    /// Parameters of a layer of a stream that learns.
    #[wasm_bindgen(js_name = streamParameters, unchecked_return_type = "ParameterArrays")]
    pub fn stream_parameters(&mut self, stream: u32, layer: u32) -> Outcome<Object> {
        self.0.stream_parameters(stream, layer).map(parameter_arrays).map_err(thrown)
    }

    /// Runs the steps of a stream that the next values of a signal complete.
    #[wasm_bindgen(js_name = runStreamSignal, unchecked_return_type = "StreamArrays")]
    pub fn run_stream_signal(&mut self, stream: u32, values: &[f32]) -> Outcome<Object> {
        self.0.run_stream_signal(stream, values).map(stream_arrays).map_err(thrown)
    }

    /// Resets a stream to before its first step.
    #[wasm_bindgen(js_name = restartStream)]
    pub fn restart_stream(&mut self, stream: u32) -> Outcome<()> {
        self.0.restart_stream(stream).map_err(thrown)
    }

    /// Makes the decisions of a stream over the steps to come alone.
    #[wasm_bindgen(js_name = restartStreamDecision)]
    pub fn restart_stream_decision(&mut self, stream: u32) -> Outcome<()> {
        self.0.restart_stream_decision(stream).map_err(thrown)
    }

    /// Frees a stream.
    #[wasm_bindgen(js_name = closeStream)]
    pub fn close_stream(&mut self, stream: u32) -> Outcome<()> {
        self.0.close_stream(stream).map_err(thrown)
    }

    /// Decisions and spikes of samples, each over all steps.
    #[wasm_bindgen(unchecked_return_type = "PredictionArrays")]
    pub fn outputs(&mut self, dataset: u32, start: u32, count: u32) -> Outcome<Object> {
        self.0.outputs(dataset, start, count).map(prediction_arrays).map_err(thrown)
    }

    /// Loss and gradients of samples as one batch, by gradients from outside where they are given.
    #[wasm_bindgen(unchecked_return_type = "GradientArrays")]
    pub fn gradients(
        &mut self,
        dataset: u32,
        start: u32,
        count: u32,
        trace: bool,
        spikes: Option<Vec<f32>>,
        times: Option<Vec<f32>>,
    ) -> Outcome<Object> {
        let outside = spikes.zip(times).map(|(spikes, times)| OutsideGradient { spikes, times });
        self.0.gradients(dataset, start, count, trace, outside.as_ref()).map(gradient_arrays).map_err(thrown)
    }

    /// One step of the optimiser with given gradients.
    #[wasm_bindgen(js_name = applyGradients)]
    pub fn apply_gradients(&mut self, layers: Vec<ParameterArrays>) -> Outcome<()> {
        let layers: Vec<_> = layers.iter().map(ParameterArrays::copied).collect();
        self.0.apply_gradients(&layers).map_err(thrown)
    }

    /// Parameters of a spiking layer.
    #[wasm_bindgen(unchecked_return_type = "ParameterArrays")]
    pub fn parameters(&self, layer: u32) -> Outcome<Object> {
        self.0.parameters(layer).map(parameter_arrays).map_err(thrown)
    }

    /// Replaces the parameters of a spiking layer.
    #[wasm_bindgen(js_name = setParameters)]
    pub fn set_parameters(&mut self, layer: u32, parameters: &ParameterArrays) -> Outcome<()> {
        self.0.set_parameters(layer, &parameters.copied()).map_err(thrown)
    }

    /// JSON array of the finished epochs.
    #[must_use]
    pub fn history(&self) -> String {
        self.0.history()
    }

    /// The bytes of a model file, with weights of type `float32`, `float16`, `int8` or `int4`.
    #[wasm_bindgen(js_name = exportModel)]
    pub fn export_model(&mut self, weights: &str) -> Outcome<Vec<u8>> {
        self.0.export_model(weights).map_err(thrown)
    }

    /// The bytes of a checkpoint.
    pub fn checkpoint(&self, origin: Option<String>, resumable: Option<bool>) -> Outcome<Vec<u8>> {
        self.0.checkpoint(origin.as_deref(), resumable.unwrap_or(true)).map_err(thrown)
    }
}
