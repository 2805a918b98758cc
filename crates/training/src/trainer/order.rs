//! The order of the samples in an epoch.

use spikelet_config::{Sampling, TrainingConfig};
use spikelet_data::{Dataset, Purpose, Stream};

/// Samples in the order in which an epoch learns them, as many as there are.
pub(super) fn order(training: &TrainingConfig, epoch: u32, data: &Dataset) -> Vec<u32> {
    let shuffled = Stream::new(training.seed, Purpose::Shuffle, epoch).permutation(data.len());
    match (training.sampling, data.labels()) {
        (Sampling::ByClass, Some(labels)) => by_class(&shuffled, labels),
        _ => shuffled,
    }
}

/// One sample of each class after the other; the samples of a class are repeated once all of them have been used.
fn by_class(shuffled: &[u32], labels: &[u32]) -> Vec<u32> {
    let mut classes: Vec<Vec<u32>> = Vec::new();
    for &sample in shuffled {
        let class = labels[sample as usize] as usize;
        if class >= classes.len() {
            classes.resize(class + 1, Vec::new());
        }
        classes[class].push(sample);
    }
    classes.retain(|samples| !samples.is_empty());
    let sample_at = |position: usize| {
        let samples = &classes[position % classes.len()];
        samples[position / classes.len() % samples.len()]
    };
    (0..shuffled.len()).map(sample_at).collect()
}
