//! Encoders of values as spikes.

use spikelet_data::{Purpose, SpikeTrains, Stream};
use spikelet_encode::{Encoding, LatencyEncoding, RateEncoding};
use spikelet_kernels::Level;

use crate::case::{floats, resident};
use crate::{Buffer, Case, Cost, Draw, Values};

const STEPS: usize = 100;

/// Bytes of a spike: its step and its unit.
const OF_SPIKE: usize = 2 + 4;
/// Operations of a value: the check of its range, the comparison with 0, the product and the sum of its step, the end of the simulation.
const OF_LATENCY: usize = 6;
/// Operations of a value: the check of its range, the comparison with 0, the product and the sum of its probability.
const OF_PROBABILITY: usize = 5;
/// Operations of a draw from the geometric distribution: two of the uniform number, its logarithm, the division.
const OF_DRAW: usize = 3 + OF_LOGARITHM;
/// Operations of a logarithm in double precision, by its polynomial of degree 7 in `libm`.
const OF_LOGARITHM: usize = 28;

struct EncoderCase {
    encoding: Encoding,
    values: Vec<f32>,
    trains: Option<SpikeTrains>,
    /// Outputs before a run.
    zeros: (Vec<u16>, Vec<u32>),
    units: usize,
}

pub(crate) fn latency(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(EncoderCase::new(values, Encoding::Latency(LatencyEncoding::default())))
}

pub(crate) fn rate(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(EncoderCase::new(values, Encoding::Rate(RateEncoding::default())))
}

impl EncoderCase {
    fn new(values: &Values<'_>, encoding: Encoding) -> Self {
        let (units, samples) = (values.size("units"), values.size("samples"));
        let bound = (values.share("lit") * f64::from(1 << 20)) as usize;
        let mut draw = Draw::new(19);
        let mut value = |_| if draw.below(1 << 20) < bound { draw.symmetric().abs() } else { 0.0 };
        let values: Vec<f32> = (0..units * samples).map(&mut value).collect();
        let spikes = encoded(&encoding, &values, units).times().len();
        Self { encoding, values, trains: None, zeros: (vec![0; spikes], vec![0; spikes]), units }
    }

    /// Spikes of a sample, `[step]`, in the order of units.
    fn plain(&self, row: u32, sample: &[f32]) -> Vec<Vec<u32>> {
        let mut units = vec![Vec::new(); STEPS];
        match &self.encoding {
            Encoding::Latency(LatencyEncoding { first, last, skip_zero }) => {
                for (unit, &x) in (0..).zip(sample).filter(|&(_, &x)| x != 0.0 || !skip_zero) {
                    let step = ((first - last) as f32 * x + *last as f32) as usize;
                    units[step.min(STEPS - 1)].extend((step < STEPS).then_some(unit));
                }
            }
            Encoding::Rate(RateEncoding { max, min, seed, skip_zero }) => {
                let mut draws = Stream::of_sample(*seed, Purpose::Encoding, row, 0);
                for (unit, &x) in (0..).zip(sample).filter(|&(_, &x)| x != 0.0 || !skip_zero) {
                    let mut wait = draws.waits((max - min) * f64::from(x) + min);
                    let mut next = wait();
                    while next <= STEPS as u64 {
                        units[next as usize - 1].push(unit);
                        next = next.saturating_add(wait());
                    }
                }
            }
            _ => {}
        }
        units
    }
}

fn encoded(encoding: &Encoding, values: &[f32], units: usize) -> SpikeTrains {
    encoding.encode(values, units, STEPS, None).expect("values are in 0..1")
}

impl Case for EncoderCase {
    /// The kernel has no level: it goes from value to value.
    fn run(&mut self, _level: Level) {
        self.trains = Some(encoded(&self.encoding, &self.values, self.units));
    }

    fn run_plain(&mut self) {
        let mut trains = SpikeTrains::new();
        for (row, sample) in (0..).zip(self.values.chunks_exact(self.units)) {
            let by_step = self.plain(row, sample).into_iter().zip(0..);
            trains.push_sample(by_step.flat_map(|(units, step)| units.into_iter().map(move |unit| (step, unit))));
        }
        self.trains = Some(trains);
    }

    fn restart(&mut self) {
        self.trains = None;
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("values", &self.values)]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        let (times, units) = match &self.trains {
            Some(trains) => (trains.times(), trains.units()),
            None => (&self.zeros.0[..], &self.zeros.1[..]),
        };
        vec![Buffer::u16("spikeSteps", times), Buffer::u32("spikeUnits", units)]
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        let own = match &self.encoding {
            Encoding::Latency(LatencyEncoding { first, last, .. }) => vec![("first", *first), ("last", *last)],
            Encoding::Rate(RateEncoding { max, min, seed, .. }) => {
                vec![("max", *max), ("min", *min), ("seed", f64::from(*seed))]
            }
            _ => Vec::new(),
        };
        [("steps", STEPS as f64)].into_iter().chain(own).collect()
    }

    fn cost(&self) -> Cost {
        let spikes = self.zeros.0.len();
        let lit = self.values.iter().filter(|&&value| value != 0.0).count();
        let operations = match &self.encoding {
            Encoding::Rate(_) => OF_PROBABILITY * self.values.len() + (spikes + lit) * OF_DRAW + lit * OF_LOGARITHM,
            _ => OF_LATENCY * self.values.len(),
        };
        Cost { operations, bytes: floats(self.values.len()) + spikes * OF_SPIKE, resident: resident(self), spikes }
    }
}
