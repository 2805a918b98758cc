//! The class `NativeSession`.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi_derive::napi;
use spikelet_session::{Error, ErrorCode, Gradients, Prediction, Result, Samples, Session};

use crate::arrays::{DatasetArrays, GradientArrays, ParameterArrays, PredictionArrays, StreamArrays};
use crate::error::thrown;
use crate::handle::Handle;
use crate::job::Job;

/// One network in training. Calls wait for each other; `config` and `info` answer immediately.
#[napi]
pub struct NativeSession(Arc<Handle>);

/// Samples on their way to a data set.
#[napi]
pub struct NativeSamples(Option<Samples>);

impl NativeSession {
    fn of(session: Session) -> Self {
        Self(Arc::new(Handle::new(session)))
    }

    /// A call on the thread pool.
    fn later<T, J>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T> + Send + 'static,
        convert: fn(T) -> J,
    ) -> AsyncTask<Job<T, J>>
    where
        T: Send + 'static,
        J: napi::bindgen_prelude::ToNapiValue + napi::bindgen_prelude::TypeName,
    {
        let handle = Arc::clone(&self.0);
        Job::start(move || handle.with(work), convert)
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
    pub fn create(
        config: String,
        simd: Option<String>,
        threads: Option<String>,
    ) -> AsyncTask<Job<Session, NativeSession>> {
        Job::start(move || Session::create(&config, simd.as_deref(), threads.as_deref()), Self::of)
    }

    /// The session that a checkpoint was taken of.
    #[napi(ts_return_type = "Promise<NativeSession>")]
    pub fn restore(
        checkpoint: &[u8],
        simd: Option<String>,
        threads: Option<String>,
    ) -> AsyncTask<Job<Session, NativeSession>> {
        let checkpoint = checkpoint.to_vec();
        Job::start(move || Session::restore(&checkpoint, simd.as_deref(), threads.as_deref()), Self::of)
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
    pub fn add_dataset(&self, descriptor: String, arrays: DatasetArrays) -> AsyncTask<Job<u32, u32>> {
        let arrays = arrays.copied();
        self.later(move |session| session.add_dataset(&descriptor, arrays), |id| id)
    }

    /// Checks samples of a data set, without waiting for calls that run.
    #[napi(ts_return_type = "Promise<NativeSamples>")]
    pub fn prepare(&self, dataset: u32, arrays: DatasetArrays) -> AsyncTask<Job<Samples, NativeSamples>> {
        let handle = Arc::clone(&self.0);
        let work = move || handle.suppliers()?.prepare(dataset, arrays.copied());
        Job::start(work, |samples| NativeSamples(Some(samples)))
    }

    /// Replaces the samples of a data set that are present.
    #[napi(ts_return_type = "Promise<void>")]
    pub fn supply(&self, dataset: u32, rows: &[u32], samples: &mut NativeSamples) -> AsyncTask<Job<(), ()>> {
        let (rows, samples) = (rows.to_vec(), samples.0.take());
        let work = move |session: &mut Session| {
            let samples = samples.ok_or_else(|| Error::new(ErrorCode::Disposed, "samples", "were supplied already"))?;
            session.supply_prepared(dataset, &rows, samples)
        };
        let handle = Arc::clone(&self.0);
        Job::start(move || handle.with_unseen(work), |()| ())
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
    pub fn advance(&self, max_batches: u32) -> AsyncTask<Job<String, String>> {
        self.later(move |session| session.advance(max_batches), |events| events)
    }

    /// Runs this rank's part of the batch that comes next and resolves to its records.
    #[napi(ts_return_type = "Promise<Uint8Array | null>")]
    pub fn run_local_batch(&self, rank: u32, size: u32) -> AsyncTask<Job<Option<Vec<u8>>, Option<Uint8Array>>> {
        let work =
            move |session: &mut Session| session.run_local_batch(rank, size).map(|records| records.map(<[u8]>::to_vec));
        self.later(work, |records| records.map(Uint8Array::new))
    }

    /// Learns the batch from the records of all local batches and resolves to a JSON array of events.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn finish_batch(&self, records: Vec<Uint8Array>) -> AsyncTask<Job<String, String>> {
        let records: Vec<Vec<u8>> = records.iter().map(|part| part.to_vec()).collect();
        let work = move |session: &mut Session| {
            let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
            session.finish_batch(&records)
        };
        self.later(work, |events| events)
    }

    /// Starts a pass over a data set, each sample only up to its decision if wanted.
    #[napi]
    pub fn begin_evaluation(&self, env: Env, dataset: u32, early_decision: bool) -> napi::Result<()> {
        self.now(env, |session| session.begin_evaluation(dataset, early_decision))
    }

    /// Continues the pass and resolves to JSON of its state.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn advance_evaluation(&self, max_samples: u32) -> AsyncTask<Job<String, String>> {
        self.later(move |session| session.advance_evaluation(max_samples), |state| state)
    }

    /// Decisions and spikes of samples, each only up to its decision if wanted.
    #[napi(ts_return_type = "Promise<PredictionArrays>")]
    pub fn predict(
        &self,
        dataset: u32,
        start: u32,
        count: u32,
        early_decision: bool,
    ) -> AsyncTask<Job<Prediction, PredictionArrays>> {
        self.later(move |session| session.predict(dataset, start, count, early_decision), PredictionArrays::from)
    }

    /// Opens a stream and returns its number.
    #[napi]
    pub fn open_stream(&self, env: Env, options: String) -> napi::Result<u32> {
        self.often(env, |session| session.open_stream(&options))
    }

    /// Runs steps of a stream.
    #[napi]
    pub fn run_stream(
        &self,
        env: Env,
        stream: u32,
        times: &[u16],
        units: &[u32],
        steps: u32,
    ) -> napi::Result<StreamArrays> {
        let (times, units) = (times.to_vec(), units.to_vec());
        self.often(env, |session| session.run_stream(stream, times, units, steps)).map(StreamArrays::from)
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

    /// Frees a stream.
    #[napi]
    pub fn close_stream(&self, env: Env, stream: u32) -> napi::Result<()> {
        self.often(env, |session| session.close_stream(stream))
    }

    /// Loss and gradients of samples as one batch.
    #[napi(ts_return_type = "Promise<GradientArrays>")]
    pub fn gradients(
        &self,
        dataset: u32,
        start: u32,
        count: u32,
        trace: bool,
    ) -> AsyncTask<Job<Gradients, GradientArrays>> {
        self.later(move |session| session.gradients(dataset, start, count, trace), GradientArrays::from)
    }

    /// One step of the optimiser with given gradients.
    #[napi]
    pub fn apply_gradients(&self, env: Env, layers: Vec<ParameterArrays>) -> napi::Result<()> {
        let layers: Vec<_> = layers.iter().map(ParameterArrays::copied).collect();
        self.now(env, |session| session.apply_gradients(&layers))
    }

    /// Parameters of a spiking layer.
    #[napi]
    pub fn parameters(&self, env: Env, layer: u32) -> napi::Result<ParameterArrays> {
        self.now(env, |session| session.parameters(layer)).map(ParameterArrays::from)
    }

    /// Replaces the parameters of a spiking layer.
    #[napi]
    pub fn set_parameters(&self, env: Env, layer: u32, parameters: ParameterArrays) -> napi::Result<()> {
        let given = parameters.copied();
        self.now(env, |session| session.set_parameters(layer, &given))
    }

    /// JSON array of the finished epochs.
    #[napi(ts_return_type = "Promise<string>")]
    pub fn history(&self) -> AsyncTask<Job<String, String>> {
        self.later(|session| Ok(session.history()), |history| history)
    }

    /// The bytes of a checkpoint.
    #[napi(ts_return_type = "Promise<Uint8Array>")]
    pub fn checkpoint(&self, origin: Option<String>) -> AsyncTask<Job<Vec<u8>, Uint8Array>> {
        self.later(move |session| session.checkpoint(origin.as_deref()), Uint8Array::new)
    }
}
