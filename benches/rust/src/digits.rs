use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_kernel_bench::Draw;

/// Input units of a digit.
pub const INPUTS: usize = 784;
/// Classes of digits.
pub const CLASSES: usize = 10;
/// Steps within which all spikes of a digit lie.
pub const DIGIT_STEPS: usize = 25;

/// Pixels of a class that are dark in its prototype.
const DARK: usize = 150;

/// Synthetic latency-coded digits: each class has about 150 dark pixels of 784, a sample moves a fifth of them elsewhere, and
/// each dark pixel fires once within 25 steps, nearly half of them at once, as the strokes of handwritten digits do.
#[derive(Clone, Debug)]
pub struct Digits {
    /// Start of each sample's events, and the end of the last.
    pub offsets: Vec<u32>,
    /// Step of each event.
    pub times: Vec<u16>,
    /// Pixel of each event.
    pub units: Vec<u32>,
    /// Class of each sample.
    pub labels: Vec<u32>,
}

impl Digits {
    /// `samples` digits, the same in every run.
    #[must_use]
    pub fn new(samples: usize) -> Self {
        let prototypes: Vec<Vec<usize>> = (0..CLASSES as u32).map(prototype).collect();
        let mut draw = Draw::new(17);
        let mut digits = Self { offsets: vec![0], times: Vec::new(), units: Vec::new(), labels: Vec::new() };
        for sample in 0..samples {
            let class = sample % CLASSES;
            let mut events: Vec<(u16, u32)> = prototypes[class]
                .iter()
                .map(|&pixel| {
                    let pixel = if draw.below(5) == 0 { draw.below(INPUTS) } else { pixel };
                    (latency(&mut draw), pixel as u32)
                })
                .collect();
            events.sort_unstable();
            digits.times.extend(events.iter().map(|&(time, _)| time));
            digits.units.extend(events.iter().map(|&(_, unit)| unit));
            digits.offsets.push(digits.times.len() as u32);
            digits.labels.push(class as u32);
        }
        digits
    }

    /// The digits as a trainer takes them.
    ///
    /// # Panics
    /// Never: the arrays fit each other.
    #[must_use]
    pub fn dataset(&self, steps: usize) -> Dataset {
        let trains = SpikeTrains::from_parts(
            &self.offsets,
            (self.times.clone(), self.units.clone(), None),
            steps,
            INPUTS,
            "digits",
        );
        let targets = Targets::Labels(self.labels.clone());
        Dataset::new(trains.expect("the events fit"), targets, CLASSES).expect("the labels fit")
    }
}

fn prototype(class: u32) -> Vec<usize> {
    let mut draw = Draw::new(1000 + class);
    (0..DARK).map(|_| draw.below(INPUTS)).collect()
}

fn latency(draw: &mut Draw) -> u16 {
    if draw.below(100) < 45 { draw.below(2) as u16 } else { draw.below(DIGIT_STEPS) as u16 }
}
