//! A batch whose parameters move while its samples run (spec 19.5).

use spikelet_config::{Error, Result};
use spikelet_data::Dataset;

use super::Trainer;
use crate::executor::Sequential;
use crate::metrics::MetricSums;
use crate::pass::OnlineBatch;
use crate::update::{OnlineSums, Update};

impl Trainer {
    /// Learns one batch with an update after every `every` steps and after the last, and returns its mean loss.
    pub(super) fn learn_online(
        &mut self,
        data: &Dataset,
        batch: &[u32],
        (every, rate): (usize, f64),
        metrics: &mut MetricSums,
    ) -> Result<f64> {
        let penalty = self.spike_penalty(batch.len());
        let mut online = self.online.take().unwrap_or_else(|| Box::new(OnlineBatch::new(&self.network)));
        online.start(&self.network, batch.len());
        let steps = self.network.steps;
        let mut squared_norm = 0.0f64;
        let mut sums = self.take_online_sums();
        for t in 0..steps {
            let rule = self.passes[0].eligibility(penalty);
            let job = Self::learning_job(&self.config, &self.loss, &self.passes, data, self.run.epoch);
            online.step((self.engine.level, &self.network), &job, batch, &rule, &mut *sums);
            if (t + 1) % every == 0 || t + 1 == steps {
                self.update_online(&mut sums, batch.len(), rate)?;
                squared_norm = squared_norm.max(sums.batch.squared_norm());
                sums.clear(&self.network);
            }
        }
        self.online_sums = Some(sums);
        metrics.add_norm(squared_norm.sqrt());
        let job = Self::learning_job(&self.config, &self.loss, &self.passes, data, self.run.epoch);
        let (mut loss, mut is_finite) = (0.0, true);
        online.finish((self.engine.level, &self.network), &job, batch, |result| {
            is_finite &= result.outcome.is_finite;
            loss += result.outcome.loss.total();
            metrics.add(&result.outcome);
        });
        self.online = Some(online);
        if !is_finite {
            return Err(Error::non_finite("loss", format!("is not finite at step {}", self.updates)));
        }
        Ok(loss / batch.len() as f64)
    }

    /// Moves the parameters by the gradients since the last update.
    pub(super) fn update_online(&mut self, sums: &mut OnlineSums, batch: usize, rate: f64) -> Result<()> {
        let step = self.updates + 1;
        let update = Update { level: self.engine.level, steps: self.steps(rate, step), finish: self.finish(batch) };
        let mut moments = self.take_moments();
        sums.update(&update, &mut self.network, &mut moments);
        self.moments = Some(moments);
        self.updates = step;
        self.network.refresh();
        self.check_sums(&sums.batch, step)?;
        self.average_update(&Sequential);
        Ok(())
    }

    /// Sums of 0.
    pub(super) fn take_online_sums(&mut self) -> Box<OnlineSums> {
        let mut sums = self.online_sums.take().unwrap_or_else(|| Box::new(OnlineSums::new(&self.network)));
        sums.clear(&self.network);
        sums
    }

    /// dL/dS of hidden layers at every step, in a batch of so many samples.
    pub(super) fn spike_penalty(&self, batch: usize) -> f32 {
        (self.config.regularizers.spike_penalty / batch as f64) as f32
    }
}
