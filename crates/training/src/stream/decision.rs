//! What the outputs of a stream did in some steps, and what that decides.

use spikelet_data::Archive;
use spikelet_network::output_summary::lowest_best;

use crate::loss::MembraneStatistic;

/// Decisions over some steps of a stream. Steps are counted from the start of the stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamDecision {
    /// First of the steps.
    pub from: u64,
    /// Step after the last.
    pub to: u64,
    /// Spikes of each output.
    pub counts: Vec<u32>,
    /// Step and unit of the first output spike, of the lowest unit where several fired.
    pub first: Option<(u64, u32)>,
    /// Statistic of a readout's membranes, `[output]`; empty where the outputs fire, where the loss has none and without steps.
    pub scores: Vec<f64>,
}

impl StreamDecision {
    /// The output with most spikes, the lowest on ties; `None` when all are silent.
    #[must_use]
    pub fn by_count(&self) -> Option<u32> {
        self.first.map(|_| lowest_best(&self.counts, |challenger, best| challenger > best))
    }

    /// The output with the largest statistic, the lowest on ties; `None` where there is no statistic.
    #[must_use]
    pub fn by_membrane(&self) -> Option<u32> {
        (!self.scores.is_empty()).then(|| lowest_best(&self.scores, |challenger, best| challenger > best))
    }
}

/// Decision over the steps since its start.
#[derive(Clone, Debug)]
pub(super) struct StepDecision {
    from: u64,
    to: u64,
    fires: bool,
    counts: Vec<u32>,
    first: Option<(u64, u32)>,
    statistic: Option<MembraneStatistic>,
}

impl StepDecision {
    pub(super) fn new(statistic: Option<MembraneStatistic>, outputs: usize, fires: bool) -> Self {
        Self { from: 0, to: 0, fires, counts: vec![0; outputs], first: None, statistic }
    }

    pub(super) fn outputs(&self) -> usize {
        self.counts.len()
    }

    /// Forgets all steps; the next one is `step`.
    pub(super) fn restart(&mut self, step: u64) {
        (self.from, self.to, self.first) = (step, step, None);
        self.counts.fill(0);
        if let Some(statistic) = &mut self.statistic {
            statistic.clear();
        }
    }

    /// Writes or reads the steps so far, of a readout.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.number(&mut self.from);
        archive.number(&mut self.to);
        self.statistic.iter_mut().for_each(|statistic| statistic.archive(archive));
    }

    /// Step after the last.
    pub(super) fn end(&self) -> u64 {
        self.to
    }

    /// Adds what the outputs did at the next step: membranes of a readout, otherwise 1 for each that fired.
    pub(super) fn add(&mut self, row: &[f32]) {
        if let Some(statistic) = &mut self.statistic {
            statistic.add(row);
        }
        let fired = row.iter().enumerate().filter(|&(_, &value)| self.fires && value > 0.0);
        for (unit, _) in fired {
            self.first = self.first.or(Some((self.to, unit as u32)));
            self.counts[unit] = self.counts[unit].saturating_add(1);
        }
        self.to += 1;
    }

    pub(super) fn decision(&self) -> StreamDecision {
        let Self { from, to, first, .. } = *self;
        let scores = self.statistic.iter().flat_map(MembraneStatistic::scores).collect();
        StreamDecision { from, to, counts: self.counts.clone(), first, scores }
    }
}
