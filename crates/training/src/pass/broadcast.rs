//! Errors at the output, broadcast to hidden layers (spec 19.1).
//!
//! ```text
//! L_l[t] = B_l E[t],   of a readout whose memory counts B_l q[t]
//! ```

use spikelet_kernels::{Level, Projection, SpikeError, project};
use spikelet_network::aligned::Aligned;
use spikelet_network::connection::{LayerView, OutputErrors};
use spikelet_network::feedback::Feedback;
use spikelet_network::state::Adjoints;

use crate::loss::{OutputGradient, SpikeGradient};

/// What is broadcast of a sample.
#[derive(Debug, Default)]
pub(super) struct Broadcast {
    /// `[step][output]`; one row where all steps have the same.
    rows: Vec<f32>,
    is_steady: bool,
}

/// Errors of a hidden layer, from what is broadcast.
pub(super) struct FromOutput<'a> {
    pub(super) level: Level,
    pub(super) broadcast: &'a Broadcast,
    pub(super) feedback: &'a Feedback,
    pub(super) view: LayerView<'a>,
    /// Number of the layer.
    pub(super) layer: usize,
    pub(super) outputs: usize,
    /// Step from which on there is no gradient.
    pub(super) end: usize,
}

impl Broadcast {
    /// Takes what the output broadcasts, whose backward pass is over where its memory counts.
    pub(super) fn take(
        &mut self,
        is_filtered: bool,
        output: &LayerView<'_>,
        adjoints: &Adjoints,
        gradient: &OutputGradient,
    ) {
        let (units, end) = (output.shape.units, gradient.end);
        self.rows.clear();
        self.is_steady = false;
        if is_filtered {
            self.rows.resize(end * units, 0.0);
            for site in &output.layout.sites {
                for (lane, &unit) in output.layout.units_of(site) {
                    let of_unit = self.rows.iter_mut().skip(unit as usize).step_by(units);
                    let of_lane = adjoints.q.iter().skip(site.adjoint + lane).step_by(output.layout.stride);
                    of_unit.zip(of_lane).for_each(|(to, q)| *to = *q);
                }
            }
            return;
        }
        match &gradient.spike {
            SpikeGradient::Zero => self.rows.resize(end * units, 0.0),
            SpikeGradient::Constant(row) => {
                self.rows.extend_from_slice(row);
                self.is_steady = true;
            }
            SpikeGradient::Dense(rows) => self.rows.extend_from_slice(&rows[..end * units]),
        }
    }
}

impl OutputErrors for FromOutput<'_> {
    fn spike_error(&self, number: usize, factor: f32, error: &mut Aligned) {
        let lanes = self.view.layout.sites[number].lanes;
        let steps = if self.broadcast.is_steady { 1 } else { self.end };
        error.resize(steps * lanes);
        let projection = Projection {
            weights: self.feedback.site(self.layer, number),
            lanes,
            rows: &self.broadcast.rows,
            stride: self.outputs,
            units: self.outputs,
            segments: 1,
            gap: 0,
            adds: false,
            scale: factor,
            steps,
        };
        project(self.level, &projection, error);
        if self.broadcast.is_steady {
            let row = error.to_vec();
            error.repeat(&row, self.end);
        }
    }

    fn spike_times(&self, _number: usize, _timing: &mut Vec<f32>) {}

    fn projected(&self, _number: usize) -> Option<SpikeError<'_>> {
        None
    }
}
