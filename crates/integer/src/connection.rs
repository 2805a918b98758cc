//! What arrives: X = Σ w a, exactly, so the order of events does not matter (spec 20.2).

use crate::model::{Connection, Convolution, Delays, Event, Input};

/// Sums of what arrives at the units of a layer at this step and later ones, `[step][unit]`; steps go round.
pub(crate) struct Arrivals<'a> {
    pub(crate) sums: &'a mut [i64],
    /// Place of this step.
    pub(crate) at: usize,
    /// Units of the layer.
    pub(crate) units: usize,
}

impl Arrivals<'_> {
    /// The first sum of the step that comes after so many steps.
    fn row(&self, delay: i32) -> usize {
        (self.at + delay as usize) * self.units % self.sums.len()
    }

    /// Adds what an event brings through an input.
    pub(crate) fn add(&mut self, input: &Input, event: Event) {
        let (unit, count) = (event.unit as usize, i64::from(event.count));
        match &input.connection {
            Connection::Dense(delays) => {
                let weights = &input.weights[unit * self.units..][..self.units];
                self.add_dense(delays, weights, unit, count);
            }
            Connection::Convolution(convolution) => {
                let row = self.row(0);
                add_convolution(convolution, &input.weights, (unit, count), &mut self.sums[row..row + self.units]);
            }
            Connection::OneToOne(sharing) => {
                let row = self.row(0);
                self.sums[row + unit] += i64::from(input.weights[unit / sharing]) * count;
            }
        }
    }

    /// `weights` are those of the source unit, `[unit]`.
    fn add_dense(&mut self, delays: &Delays, weights: &[i8], source: usize, count: i64) {
        let by_connection = match delays {
            Delays::ByConnection(steps) => &steps[source * self.units..][..self.units],
            Delays::None | Delays::ByInput(_) => {
                let delay = if let Delays::ByInput(steps) = delays { steps[source] } else { 0 };
                let row = self.row(delay);
                for (sum, &weight) in self.sums[row..row + self.units].iter_mut().zip(weights) {
                    *sum += i64::from(weight) * count;
                }
                return;
            }
        };
        for (unit, (&weight, &delay)) in weights.iter().zip(by_connection).enumerate() {
            let row = self.row(delay);
            self.sums[row + unit] += i64::from(weight) * count;
        }
    }
}

fn add_convolution(convolution: &Convolution, weights: &[i8], (unit, count): (usize, i64), sums: &mut [i64]) {
    let Convolution { window, source_channels, channels } = convolution;
    let (channel, place) = (unit / window.input(), unit % window.input());
    let (group, source) = (channel / source_channels, channel % source_channels);
    let (taps, places) = (window.taps(), window.output());
    let filters = weights.len() / (source_channels * taps);
    window.seen_by(place, &mut |output, tap| {
        for channel in group * channels..(group + 1) * channels {
            let weight = weights[(source * taps + tap) * filters + channel];
            sums[channel * places + output] += i64::from(weight) * count;
        }
    });
}
