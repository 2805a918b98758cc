//! Spikes on their way to a layer, where each input has a delay (spec 13).

/// Spikes that have set out, by the steps that they still need.
#[derive(Debug, Default)]
pub(super) struct Underway {
    /// A ring: those that arrive now are in the bucket `now`, those of the next step in the one behind it.
    buckets: Vec<Vec<u32>>,
    now: usize,
}

impl Underway {
    /// Room for delays of up to `longest` steps.
    pub(super) fn new(longest: usize) -> Self {
        Self { buckets: vec![Vec::new(); longest + 1], now: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.buckets.iter_mut().for_each(Vec::clear);
    }

    /// A spike of `input` sets out.
    pub(super) fn send(&mut self, input: u32, steps: u16) {
        let bucket = (self.now + usize::from(steps)) % self.buckets.len();
        self.buckets[bucket].push(input);
    }

    /// Moves what arrives now to the end of a list, in the order in which it set out, and continues with the next step.
    pub(super) fn arrive(&mut self, to: &mut Vec<u32>) {
        to.append(&mut self.buckets[self.now]);
        self.now = (self.now + 1) % self.buckets.len();
    }
}
