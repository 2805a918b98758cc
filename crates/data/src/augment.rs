//! Random changes of training samples. The changes depend only on the seed, the epoch and the number of the sample: not on the
//! batch, the worker or the place where a run was resumed.

use spikelet_config::{Augmentation, Config, Image};

use crate::rng::{Purpose, Stream};
use crate::spikes::{SampleEvents, sort_events};

/// The changes of one epoch.
#[derive(Clone, Copy, Debug)]
pub struct Augmenter<'a> {
    settings: &'a Augmentation,
    image: Option<Image>,
    inputs: u32,
    steps: u32,
    seed: u32,
    epoch: u32,
}

/// A changed sample, its events in order of `(time, unit)`, and scratch.
#[derive(Debug, Default)]
pub struct Augmented {
    events: Vec<(u16, u32)>,
    is_silenced: Vec<bool>,
    times: Vec<u16>,
    units: Vec<u32>,
    values: Vec<f32>,
}

impl Augmented {
    /// Events of the changed sample.
    pub fn sample(&self) -> SampleEvents<'_> {
        SampleEvents { times: &self.times, units: &self.units, values: &self.values }
    }
}

impl<'a> Augmenter<'a> {
    /// `None` if nothing changes.
    pub fn new(config: &'a Config, epoch: u32) -> Option<Self> {
        let settings = &config.training.augmentation;
        settings.is_on().then(|| Self {
            settings,
            image: settings.image(config.network.input),
            inputs: config.network.input.units() as u32,
            steps: config.network.steps,
            seed: config.training.seed,
            epoch,
        })
    }

    /// Fills `to` with sample number `sample`, whose events are given, as it is in this epoch.
    pub fn apply(
        &self,
        sample: u32,
        SampleEvents { times, units, values: given }: SampleEvents<'_>,
        to: &mut Augmented,
    ) {
        let Augmented { events, is_silenced, values, .. } = to;
        events.clear();
        events.extend(times.iter().copied().zip(units.iter().copied()));
        values.clear();
        values.extend_from_slice(given);
        self.drop_events(sample, events, values);
        self.shift(sample, events, values);
        self.silence_inputs(sample, events, values, is_silenced);
        self.jitter(sample, events, values);
        to.times.clear();
        to.units.clear();
        to.times.extend(to.events.iter().map(|event| event.0));
        to.units.extend(to.events.iter().map(|event| event.1));
    }

    fn draws(&self, purpose: Purpose, sample: u32) -> Stream {
        Stream::of_sample(self.seed, purpose, sample, self.epoch)
    }

    /// Removes each event with the same probability.
    fn drop_events(&self, sample: u32, events: &mut Vec<(u16, u32)>, values: &mut Vec<f32>) {
        if self.settings.event_dropout > 0.0 {
            let mut draws = self.draws(Purpose::EventDropout, sample);
            let mut next = draws.waits(self.settings.event_dropout);
            let mut wait = next();
            retain(events, values, |_| {
                wait -= 1;
                let stays = wait > 0;
                if !stays {
                    wait = next();
                }
                stays
            });
        }
    }

    /// Moves the image by `(dy, dx)`, each uniform in `−shift ..= shift`. The order of events stays: within the image every unit
    /// moves by `dy · width + dx`.
    fn shift(&self, sample: u32, events: &mut Vec<(u16, u32)>, values: &mut Vec<f32>) {
        if let (Some(image), max @ 1..) = (self.image, self.settings.shift) {
            let mut draws = self.draws(Purpose::Shift, sample);
            let mut pixels = || draws.below(2 * max + 1) as isize - max as isize;
            let (dy, dx) = (pixels(), pixels());
            let moved = |unit: u32| {
                let (channel, y, x) = image.place(unit);
                let (y, x) = (y.checked_add_signed(dy)?, x.checked_add_signed(dx)?);
                (y < image.height && x < image.width).then(|| image.unit(channel, y, x))
            };
            retain(events, values, |event| moved(event.1).map(|unit| event.1 = unit).is_some());
        }
    }

    /// Removes all events of units that are silent in this sample.
    fn silence_inputs(
        &self,
        sample: u32,
        events: &mut Vec<(u16, u32)>,
        values: &mut Vec<f32>,
        is_silenced: &mut Vec<bool>,
    ) {
        if self.settings.input_dropout > 0.0 {
            is_silenced.clear();
            is_silenced.resize(self.inputs as usize, false);
            let mut draws = self.draws(Purpose::InputDropout, sample);
            let mut next = draws.waits(self.settings.input_dropout);
            let mut unit = next() - 1;
            while unit < u64::from(self.inputs) {
                is_silenced[unit as usize] = true;
                unit = unit.saturating_add(next());
            }
            retain(events, values, |event| !is_silenced[event.1 as usize]);
        }
    }

    /// Moves each event in time.
    fn jitter(&self, sample: u32, events: &mut [(u16, u32)], values: &mut [f32]) {
        if self.settings.time_jitter > 0.0 {
            let mut draws = self.draws(Purpose::TimeJitter, sample);
            let last = f64::from(self.steps - 1);
            for (time, _) in events.iter_mut() {
                let moved = f64::from(*time) + libm::rint(self.settings.time_jitter * draws.normal());
                *time = moved.clamp(0.0, last) as u16;
            }
            sort_events(events, values);
        }
    }
}

/// Keeps the events for which `keep` says so, which may change them, and their values, if they have any.
fn retain(events: &mut Vec<(u16, u32)>, values: &mut Vec<f32>, mut keep: impl FnMut(&mut (u16, u32)) -> bool) {
    let (mut place, mut kept) = (0, 0);
    events.retain_mut(|event| {
        let stays = keep(event);
        if stays && place < values.len() {
            values[kept] = values[place];
            kept += 1;
        }
        place += 1;
        stays
    });
    values.truncate(kept);
}

#[cfg(test)]
mod tests;
