//! Streams: networks that run on and on with the parameters that they began with.

use spikelet_config::Result;
use spikelet_training::LayerParameters;

use super::Session;
use crate::streams::StreamEvents;
use crate::wire::StreamAnswer;

impl Session {
    /// Opens a stream with the network's current parameters, and returns its number; options
    /// `{"encoding"?,"channels"?,"window"?,"hop"?,"learn"?}`: the encoding and the channels, 1 by default, of a signal, the steps that
    /// decisions are over and apart, and `{"every"?,"learningRate"?}` of a stream whose parameters move. With what [`Session::save_stream`]
    /// returned, the stream goes on from there.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for wrong options, for a window where the network decides nothing, and where there is no memory for it; `DATA_FORMAT` for an encoding that is not for
    /// signals; `SHAPE_MISMATCH` where its units are not the inputs of the network; `CHECKPOINT_INVALID` for what is not a saved stream of
    /// this configuration and these options.
    pub fn open_stream(&mut self, options: &str, saved: Option<&[u8]>) -> Result<u32> {
        self.change(|session| session.streams.open(options, saved, &mut session.trainer))
    }

    /// Runs `steps` more steps of a stream with these input events: times counted from the first step, units, and perhaps values.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream, more than 65535 steps, and spikes outside these steps or the input; `DATA_FORMAT` for values
    /// that are not finite or reach a max pool; no step is run then.
    pub fn run_stream(&mut self, stream: u32, events: StreamEvents, steps: u32) -> Result<StreamAnswer> {
        self.change(|session| session.streams.run(stream, events, steps))
    }

    /// Runs one more step of a stream with an event of value 1 for each of these units, and writes what the outputs do to `row`, `[output]`:
    /// membranes of a readout, otherwise 1 for each that fires.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream, a unit outside the input and a row of another length, `CONFIG_INVALID` for a stream with
    /// windows; no step is run then.
    pub fn step_stream(&mut self, stream: u32, units: &[u32], row: &mut [f32]) -> Result<()> {
        self.change(|session| session.streams.step(stream, units, row))
    }

    /// Runs as many steps of a stream that learns as [`Session::run_stream`], with a target for each: `[step]` labels, or `[step][output]`
    /// membranes for the loss `trace`, not finite where there is none.
    ///
    /// # Errors
    /// The errors of [`Session::run_stream`]; `SHAPE_MISMATCH` for another number of targets, a label that is no output and a stream that does
    /// not learn; `NON_FINITE` for what an update left.
    pub fn learn_stream(
        &mut self,
        stream: u32,
        events: StreamEvents,
        steps: u32,
        targets: &[f32],
    ) -> Result<StreamAnswer> {
        self.change(|session| session.streams.learn(stream, events, steps, targets))
    }

    /// Moves the parameters of a stream that learns by rewards, by a reward for what was done.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream and one that does not learn by rewards, `NON_FINITE` for a reward that is not finite and for
    /// what the update left.
    pub fn reward_stream(&mut self, stream: u32, reward: f32) -> Result<()> {
        self.change(|session| session.streams.reward(stream, reward))
    }

    /// Bytes of a stream that learns: a checkpoint of what it has learnt, with states, eligibilities and decisions.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream, `CONFIG_INVALID` for one that does not learn or has begun a signal and where there is no
    /// memory, `NON_FINITE` after an update that failed so.
    pub fn save_stream(&mut self, stream: u32) -> Result<Vec<u8>> {
        self.change(|session| session.streams.save(stream))
    }

    /// Parameters of a layer of a stream that learns.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream or layer, `CONFIG_INVALID` for a stream that does not learn.
    pub fn stream_parameters(&mut self, stream: u32, layer: u32) -> Result<LayerParameters> {
        self.change(|session| session.streams.parameters(stream, layer))
    }

    /// Runs the steps of a stream that the next values of a signal, `[time][channel]`, complete.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for a stream without an encoding; `SHAPE_MISMATCH` for an unknown stream, more than 65535 times and a
    /// part of one; `DATA_FORMAT` for values that are not finite. Nothing is taken then.
    pub fn run_stream_signal(&mut self, stream: u32, values: &[f32]) -> Result<StreamAnswer> {
        self.change(|session| session.streams.run_signal(stream, values))
    }

    /// Resets a stream to before its first step; it keeps the parameters that it began with.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream.
    pub fn restart_stream(&mut self, stream: u32) -> Result<()> {
        self.change(|session| session.streams.restart(stream))
    }

    /// Makes the decisions of a stream over the steps to come alone; the network goes on.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream.
    pub fn restart_stream_decision(&mut self, stream: u32) -> Result<()> {
        self.change(|session| session.streams.restart_decision(stream))
    }

    /// Frees a stream.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown stream.
    pub fn close_stream(&mut self, stream: u32) -> Result<()> {
        self.change(|session| session.streams.close(stream))
    }
}
