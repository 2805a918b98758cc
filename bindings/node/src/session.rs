//! The class `NativeSession`.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Float64Array, Object, ToNapiValue, Uint8Array};
use napi_derive::napi;
use spikelet_session::{Error, ErrorCode, LayerParameters, OutsideGradient, Result, Samples, Session, copied};

use crate::arrays::{
    DatasetArrays, GradientArrays, IntegerPredictionArrays, ParameterArrays, PredictionArrays, StreamArrays,
};
use crate::error::thrown;
use crate::handle::Handle;
use crate::job::{self, Owned};

/// One network in training. Calls wait for each other; `config` and `info` answer immediately.
#[napi]
pub struct NativeSession(Arc<Handle>);

/// Samples on their way to a data set.
#[napi]
pub struct NativeSamples(Option<Samples>);

/// Numbers that a call writes to. The macro `napi` reads `&mut` of a parameter as a class.
type Row<'a> = &'a mut [f32];

/// What a call was given, and what it does with it.
struct Called<G, T> {
    given: G,
    work: fn(Arc<Handle>, G) -> Result<T>,
}

impl<G: Owned, T: 'static> Owned for Called<G, T> {}

impl NativeSession {
    fn of(session: Session) -> Self {
        Self(Arc::new(Handle::new(session)))
    }

    /// A call on a thread of the addon.
    fn later<'env, G: Owned, T: Send + 'static, J: ToNapiValue + 'static>(
        &self,
        env: &'env Env,
        given: Result<G>,
        work: fn(Arc<Handle>, G) -> Result<T>,
        convert: fn(T) -> J,
    ) -> napi::Result<Object<'env>> {
        let handle = Arc::clone(&self.0);
        let given = given.map(|given| (handle, Called { given, work }));
        job::start(env, given, |(handle, Called { given, work })| work(handle, given), convert)
    }

    /// A call on this thread.
    pub(crate) fn now<T>(&self, env: Env, work: impl FnOnce(&mut Session) -> Result<T>) -> napi::Result<T> {
        self.0.with(work).map_err(|error| thrown(env, error))
    }

    /// A call on this thread that is made often.
    fn often<T>(&self, env: Env, work: impl FnOnce(&mut Session) -> Result<T>) -> napi::Result<T> {
        self.0.with_unseen(work).map_err(|error| thrown(env, error))
    }
}

#[napi]
impl NativeSession {
    /// A session with initial weights from the configuration's seed.
    #[napi(ts_return_type = "Promise<NativeSession>")]
    pub fn create<'env>(
        env: &'env Env,
        config: String,
        simd: Option<String>,
        threads: Option<String>,
    ) -> napi::Result<Object<'env>> {
        let work = |(config, simd, threads): (String, Option<String>, Option<String>)| {
            Session::create(&config, simd.as_deref(), threads.as_deref())
        };
        job::start(env, Ok((config, simd, threads)), work, Self::of)
    }

    /// The session that a checkpoint was taken of.
    #[napi(ts_return_type = "Promise<NativeSession>")]
    pub fn restore<'env>(
        env: &'env Env,
        checkpoint: &[u8],
        simd: Option<String>,
        threads: Option<String>,
    ) -> napi::Result<Object<'env>> {
        let given = copied(checkpoint, "checkpoint").map(|checkpoint| (checkpoint, simd, threads));
        let work = |(checkpoint, simd, threads): (Vec<u8>, Option<String>, Option<String>)| {
            Session::restore(&checkpoint, simd.as_deref(), threads.as_deref())
        };
        job::start(env, given, work, Self::of)
    }

    /// The resolved configuration as JSON.
    #[napi]
    pub fn config(&self, env: Env) -> napi::Result<String> {
        self.0.config().map_err(|error| thrown(env, error))
    }

    /// JSON of the structure and progress of the session.
    #[napi]
    pub fn info(&self, env: Env) -> napi::Result<String> {
        self.0.info().map_err(|error| thrown(env, error))
    }

    /// Frees everything; a call that runs ends first.
    #[napi]
    pub fn dispose(&self) {
        self.0.dispose();
    }

    /// Takes ownership of a data set and resolves to its number.
    #[napi(ts_return_type = "Promise<number>")]
    pub fn add_dataset<'env>(
        &self,
        env: &'env Env,
        descriptor: String,
        arrays: DatasetArrays,
    ) -> napi::Result<Object<'env>> {
        let given = arrays.copied().map(|arrays| (descriptor, arrays));
        let work = |handle: Arc<Handle>, (descriptor, arrays): (String, spikelet_session::DatasetArrays)| {
            handle.with(|session| session.add_dataset(&descriptor, arrays))
        };
        self.later(env, given, work, |id| id)
    }

    /// Checks samples of a data set, without waiting for calls that run.
    #[napi(ts_return_type = "Promise<NativeSamples>")]
    pub fn prepare<'env>(&self, env: &'env Env, dataset: u32, arrays: DatasetArrays) -> napi::Result<Object<'env>> {
        let given = arrays.copied().map(|arrays| (dataset, arrays));
        let work = |handle: Arc<Handle>, (dataset, arrays)| handle.suppliers()?.prepare(dataset, arrays);
        self.later(env, given, work, |samples| NativeSamples(Some(samples)))
    }

    /// Replaces the samples of a data set that are present.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn supply<'env>(
        &self,
        env: &'env Env,
        dataset: u32,
        rows: &[u32],
        samples: &mut NativeSamples,
    ) -> napi::Result<Object<'env>> {
        let samples = samples.0.take();
        let samples = samples.ok_or_else(|| Error::new(ErrorCode::Disposed, "samples", "were supplied already"));
        let given = samples.and_then(|samples| Ok((dataset, copied(rows, "rows")?, samples)));
        let work = |handle: Arc<Handle>, (dataset, rows, samples): (u32, Vec<u32>, Samples)| {
            handle.with_unseen(|session| session.supply_prepared(dataset, &rows, samples))
        };
        self.later(env, given, work, |()| ())
    }

    /// JSON of the samples that the run needs next.
    #[napi]
    pub fn upcoming(&self, env: Env, skip: u32, max_batches: u32) -> napi::Result<String> {
        self.often(env, |session| session.upcoming(skip, max_batches))
    }

    /// JSON of the samples that the evaluation needs next.
    #[napi]
    pub fn upcoming_evaluation(&self, env: Env, max_samples: u32, before: Option<u32>) -> napi::Result<String> {
        self.often(env, |session| session.upcoming_evaluation(max_samples, before))
    }

    /// Frees a data set.
    #[napi]
    pub fn remove_dataset(&self, env: Env, id: u32) -> napi::Result<()> {
        self.now(env, |session| session.remove_dataset(id))
    }

    /// Starts a run, or continues with the one under way.
    #[napi]
    pub fn begin(&self, env: Env, options: String) -> napi::Result<()> {
        self.now(env, |session| session.begin(&options))
    }

    /// Learns and resolves to a JSON array of events.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn advance<'env>(&self, env: &'env Env, max_batches: u32) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, max_batches| handle.with(|session| session.advance(max_batches));
        self.later(env, Ok(max_batches), work, |events| events)
    }

    /// Runs this rank's part of the batch that comes next and resolves to its records.
    #[napi(ts_return_type = "Promise<Uint8Array | null>")]
    pub fn run_local_batch<'env>(&self, env: &'env Env, rank: u32, size: u32) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, (rank, size)| {
            handle.with(|session| {
                let records = session.run_local_batch(rank, size)?;
                records.map(|records| copied(records, "records")).transpose()
            })
        };
        self.later(env, Ok((rank, size)), work, |records| records.map(Uint8Array::new))
    }

    /// Learns the batch from the records of all local batches and resolves to a JSON array of events.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn finish_batch<'env>(&self, env: &'env Env, records: Vec<Uint8Array>) -> napi::Result<Object<'env>> {
        let given = records.iter().map(|part| copied(part, "records")).collect();
        let work = |handle: Arc<Handle>, records: Vec<Vec<u8>>| {
            let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
            handle.with(|session| session.finish_batch(&records))
        };
        self.later(env, given, work, |events| events)
    }

    /// Starts a pass over a data set; if requested, each sample only up to its decision.
    #[napi]
    pub fn begin_evaluation(&self, env: Env, dataset: u32, early_decision: bool) -> napi::Result<()> {
        self.now(env, |session| session.begin_evaluation(dataset, early_decision))
    }

    /// Continues the pass and resolves to JSON of its state.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn advance_evaluation<'env>(&self, env: &'env Env, max_samples: u32) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, max_samples| handle.with(|session| session.advance_evaluation(max_samples));
        self.later(env, Ok(max_samples), work, |state| state)
    }

    /// Decisions and spikes of samples; if requested, each only up to its decision.
    #[napi(ts_return_type = "Promise<PredictionArrays>")]
    pub fn predict<'env>(
        &self,
        env: &'env Env,
        dataset: u32,
        start: u32,
        count: u32,
        early_decision: bool,
    ) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, (dataset, start, count, early_decision)| {
            handle.with(|session| session.predict(dataset, start, count, early_decision))
        };
        self.later(env, Ok((dataset, start, count, early_decision)), work, PredictionArrays::from)
    }

    /// Converts the network to whole numbers and resolves to these, one after the other.
    #[allow(clippy::too_many_arguments, reason = "options of JavaScript, one by one")]
    #[napi(ts_return_type = "Promise<Float64Array>")]
    pub fn quantize<'env>(
        &self,
        env: &'env Env,
        dataset: u32,
        start: u32,
        count: u32,
        state_bits: u32,
        weight_bits: u32,
        percentile: f64,
    ) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, ((dataset, start, count), (state_bits, weight_bits, percentile))| {
            handle.with(|session| session.quantize(dataset, start, count, state_bits, weight_bits, percentile))
        };
        let given = ((dataset, start, count), (state_bits, weight_bits, percentile));
        self.later(env, Ok(given), work, Float64Array::new)
    }

    /// Makes a network of whole numbers and returns its number.
    #[napi]
    pub fn open_integers(&self, env: Env, integers: &[f64]) -> napi::Result<u32> {
        self.now(env, |session| session.open_integers(integers))
    }

    /// Answers of a network of whole numbers to samples.
    #[napi(ts_return_type = "Promise<IntegerPredictionArrays>")]
    pub fn predict_integers<'env>(
        &self,
        env: &'env Env,
        integers: u32,
        dataset: u32,
        start: u32,
        count: u32,
    ) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, (integers, dataset, start, count)| {
            handle.with(|session| session.predict_integers(integers, dataset, start, count))
        };
        self.later(env, Ok((integers, dataset, start, count)), work, IntegerPredictionArrays::from)
    }

    /// The bytes of a model file of a network of whole numbers.
    #[napi(ts_return_type = "Promise<Uint8Array>")]
    pub fn export_integers<'env>(&self, env: &'env Env, integers: u32) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, integers: u32| handle.with(|session| session.export_integers(integers));
        self.later(env, Ok(integers), work, Uint8Array::new)
    }

    /// Frees a network of whole numbers.
    #[napi]
    pub fn close_integers(&self, env: Env, integers: u32) -> napi::Result<()> {
        self.now(env, |session| session.close_integers(integers))
    }

    /// Opens a stream, perhaps where one was saved, and returns its number.
    #[napi]
    pub fn open_stream(&self, env: Env, options: String, saved: Option<&[u8]>) -> napi::Result<u32> {
        self.often(env, |session| session.open_stream(&options, saved))
    }

    /// Runs steps of a stream; without `values`, those of all events are 1.
    #[napi]
    pub fn run_stream(
        &self,
        env: Env,
        stream: u32,
        times: &[u16],
        units: &[u32],
        steps: u32,
        values: Option<&[f32]>,
    ) -> napi::Result<StreamArrays> {
        let run = |session: &mut Session| {
            let values = values.map(|values| copied(values, "values")).transpose()?;
            session.run_stream(stream, (copied(times, "times")?, copied(units, "units")?, values), steps)
        };
        self.often(env, run).map(StreamArrays::from)
    }

    /// Runs one step of a stream, and writes what the outputs do to `row`.
    #[napi(ts_args_type = "stream: number, units: Uint32Array, row: Float32Array")]
    pub fn step_stream(&self, env: Env, stream: u32, units: &[u32], row: Row<'_>) -> napi::Result<()> {
        self.often(env, |session| session.step_stream(stream, units, row))
    }

    /// Runs steps of a stream that learns.
    #[napi]
    #[allow(clippy::too_many_arguments, reason = "parameters of the method, by which JavaScript calls it")]
    pub fn learn_stream(
        &self,
        env: Env,
        stream: u32,
        times: &[u16],
        units: &[u32],
        steps: u32,
        targets: &[f32],
        values: Option<&[f32]>,
    ) -> napi::Result<StreamArrays> {
        let run = |session: &mut Session| {
            let values = values.map(|values| copied(values, "values")).transpose()?;
            session.learn_stream(stream, (copied(times, "times")?, copied(units, "units")?, values), steps, targets)
        };
        self.often(env, run).map(StreamArrays::from)
    }

    /// Moves the parameters of a stream by a reward.
    #[napi]
    pub fn reward_stream(&self, env: Env, stream: u32, reward: f64) -> napi::Result<()> {
        self.often(env, |session| session.reward_stream(stream, reward as f32))
    }

    /// Bytes from which a stream that learns goes on.
    #[napi(ts_return_type = "Promise<Uint8Array>")]
    pub fn save_stream<'env>(&self, env: &'env Env, stream: u32) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, stream: u32| handle.with(|session| session.save_stream(stream));
        self.later(env, Ok(stream), work, Uint8Array::new)
    }

    /// Parameters of a layer of a stream that learns.
    #[napi]
    pub fn stream_parameters(&self, env: Env, stream: u32, layer: u32) -> napi::Result<ParameterArrays> {
        self.often(env, |session| session.stream_parameters(stream, layer)).map(ParameterArrays::from)
    }

    /// Runs the steps of a stream that the next values of a signal complete.
    #[napi]
    pub fn run_stream_signal(&self, env: Env, stream: u32, values: &[f32]) -> napi::Result<StreamArrays> {
        self.often(env, |session| session.run_stream_signal(stream, values)).map(StreamArrays::from)
    }

    /// Resets a stream to before its first step.
    #[napi]
    pub fn restart_stream(&self, env: Env, stream: u32) -> napi::Result<()> {
        self.often(env, |session| session.restart_stream(stream))
    }

    /// Makes the decisions of a stream over the steps to come alone.
    #[napi]
    pub fn restart_stream_decision(&self, env: Env, stream: u32) -> napi::Result<()> {
        self.often(env, |session| session.restart_stream_decision(stream))
    }

    /// Frees a stream.
    #[napi]
    pub fn close_stream(&self, env: Env, stream: u32) -> napi::Result<()> {
        self.often(env, |session| session.close_stream(stream))
    }

    /// Decisions and spikes of samples, each over all steps.
    #[napi(ts_return_type = "Promise<PredictionArrays>")]
    pub fn outputs<'env>(&self, env: &'env Env, dataset: u32, start: u32, count: u32) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, (dataset, start, count)| {
            handle.with(|session| session.outputs(dataset, start, count))
        };
        self.later(env, Ok((dataset, start, count)), work, PredictionArrays::from)
    }

    /// Loss and gradients of samples as one batch, by gradients from outside where they are given.
    #[napi(ts_return_type = "Promise<GradientArrays>")]
    #[allow(clippy::too_many_arguments, reason = "parameters of the method, by which JavaScript calls it")]
    pub fn gradients<'env>(
        &self,
        env: &'env Env,
        dataset: u32,
        start: u32,
        count: u32,
        trace: bool,
        spikes: Option<&[f32]>,
        times: Option<&[f32]>,
    ) -> napi::Result<Object<'env>> {
        let given = || -> Result<_> {
            let outside = match (spikes, times) {
                (Some(spikes), Some(times)) => Some((copied(spikes, "spikes")?, copied(times, "times")?)),
                _ => None,
            };
            Ok(((dataset, start, count, trace), outside))
        };
        let work = |handle: Arc<Handle>,
                    ((dataset, start, count, trace), outside): (_, Option<(Vec<f32>, Vec<f32>)>)| {
            let outside = outside.map(|(spikes, times)| OutsideGradient { spikes, times });
            handle.with(|session| session.gradients(dataset, start, count, trace, outside.as_ref()))
        };
        self.later(env, given(), work, GradientArrays::from)
    }

    /// One step of the optimiser with given gradients.
    #[napi]
    pub fn apply_gradients(&self, env: Env, layers: Vec<ParameterArrays>) -> napi::Result<()> {
        self.now(env, |session| {
            let layers: Vec<LayerParameters> = layers.iter().map(ParameterArrays::copied).collect::<Result<_>>()?;
            session.apply_gradients(&layers)
        })
    }

    /// Parameters of a spiking layer.
    #[napi]
    pub fn parameters(&self, env: Env, layer: u32) -> napi::Result<ParameterArrays> {
        self.now(env, |session| session.parameters(layer)).map(ParameterArrays::from)
    }

    /// Replaces the parameters of a spiking layer.
    #[napi]
    pub fn set_parameters(&self, env: Env, layer: u32, parameters: ParameterArrays) -> napi::Result<()> {
        self.now(env, |session| session.set_parameters(layer, &parameters.copied()?))
    }

    /// JSON array of the finished epochs.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn history<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, ()| handle.with(|session| Ok(session.history()));
        self.later(env, Ok(()), work, |history| history)
    }

    /// The bytes of a model file, with weights of type `float32`, `float16`, `int8` or `int4`.
    #[napi(ts_return_type = "Promise<Uint8Array>")]
    pub fn export_model<'env>(&self, env: &'env Env, weights: String) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, weights: String| handle.with(|session| session.export_model(&weights));
        self.later(env, Ok(weights), work, Uint8Array::new)
    }

    /// The bytes of a checkpoint.
    #[napi(ts_return_type = "Promise<Uint8Array>")]
    pub fn checkpoint<'env>(
        &self,
        env: &'env Env,
        origin: Option<String>,
        resumable: Option<bool>,
    ) -> napi::Result<Object<'env>> {
        let work = |handle: Arc<Handle>, (origin, resumable): (Option<String>, bool)| {
            handle.with(|session| session.checkpoint(origin.as_deref(), resumable))
        };
        self.later(env, Ok((origin, resumable.unwrap_or(true))), work, Uint8Array::new)
    }
}
