//! A job: what to compute for samples, and how far to simulate them.

use spikelet_config::EndSimulation;
use spikelet_config::loss::MembraneLoss;
use spikelet_data::{Augmented, Augmenter, Dataset, SampleEvents};

use crate::loss::{Loss, OutsideGradient};
use crate::rule::GradientPass;

/// What to compute for each sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Want {
    pub(crate) gradients: bool,
    pub(crate) spikes: bool,
    pub(crate) trace: bool,
}

/// How far a sample is simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// As far as `loss.endSimulation` says.
    #[default]
    End,
    /// Up to the step of the first output spike, which decides; as `End` if there is none.
    Decision,
}

/// A pass over samples of one data set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    pub(crate) data: &'a Dataset,
    pub(crate) loss: Option<&'a Loss>,
    pub(crate) passes: &'a [GradientPass],
    pub(crate) end_simulation: EndSimulation,
    pub(crate) until: Until,
    /// The loss whose statistic a readout decides by.
    pub(crate) membrane: Option<&'a MembraneLoss>,
    pub(crate) want: Want,
    /// The gradient at the output that is given, and the first sample that it is of.
    pub(crate) outside: Option<(&'a OutsideGradient, u32)>,
    /// Changes of the samples.
    pub(crate) augmenter: Option<Augmenter<'a>>,
}

impl<'a> Job<'a> {
    /// The input of a sample as it is to be run; `to` holds one that was changed.
    pub(super) fn input<'b>(&self, sample: u32, to: &'b mut Augmented) -> SampleEvents<'b>
    where
        'a: 'b,
    {
        let data: &'a Dataset = self.data;
        let stored = data.inputs().events(data.place(sample));
        match &self.augmenter {
            None => stored,
            Some(augmenter) => {
                augmenter.apply(sample, stored, to);
                to.sample()
            }
        }
    }
}
