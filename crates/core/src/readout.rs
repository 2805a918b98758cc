//! Reading the output: first spikes, counts and the two decisions (spec 3.4).

/// Spikes of a layer by step, as the simulation leaves them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerSpikes<'a> {
    pub(crate) offsets: &'a [u32],
    pub(crate) units: &'a [u32],
    /// Simulated steps.
    pub(crate) steps: usize,
}

impl<'a> LayerSpikes<'a> {
    pub(crate) fn at(&self, t: usize) -> &'a [u32] {
        &self.units[self.offsets[t] as usize..self.offsets[t + 1] as usize]
    }

    /// Units of all spikes at steps before `end`.
    pub(crate) fn before(&self, end: usize) -> &'a [u32] {
        &self.units[..self.offsets[end] as usize]
    }

    /// `(step, unit)` in order of steps.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, usize)> + use<'a> {
        let spikes = *self;
        (0..self.steps).flat_map(move |t| spikes.at(t).iter().map(move |&unit| (t, unit as usize)))
    }

    /// Number of spikes at steps before `end`.
    pub(crate) fn count_before(&self, end: usize) -> u64 {
        u64::from(self.offsets[end.min(self.steps)])
    }
}

/// What the output units did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readout {
    /// Spikes of each output.
    pub(crate) counts: Vec<u32>,
    /// Step of the first spike of each output, the number of simulated steps where there is none.
    pub(crate) first: Vec<u32>,
    pub(crate) steps: usize,
}

impl Readout {
    pub(crate) fn read(&mut self, spikes: &LayerSpikes<'_>, outputs: usize) {
        self.steps = spikes.steps;
        self.counts.clear();
        self.counts.resize(outputs, 0);
        self.first.clear();
        self.first.resize(outputs, spikes.steps as u32);
        for (t, unit) in spikes.iter() {
            if self.counts[unit] == 0 {
                self.first[unit] = t as u32;
            }
            self.counts[unit] += 1;
        }
    }

    pub(crate) fn is_silent(&self, output: usize) -> bool {
        self.counts[output] == 0
    }

    /// The output with most spikes, the lowest on ties, 0 when all are silent.
    pub(crate) fn by_count(&self) -> u32 {
        lowest_best(&self.counts, |challenger, best| challenger > best)
    }

    /// The output that fires first, the lowest on ties, 0 when all are silent.
    pub(crate) fn by_first_spike(&self) -> u32 {
        lowest_best(&self.first, |challenger, best| challenger < best)
    }

    /// Step of the earliest output spike, the number of simulated steps when there is none.
    pub(crate) fn decision_step(&self) -> u32 {
        self.first.iter().copied().min().unwrap_or(self.steps as u32)
    }
}

fn lowest_best(values: &[u32], is_better: impl Fn(u32, u32) -> bool) -> u32 {
    let mut best = 0;
    for (index, &value) in values.iter().enumerate() {
        if is_better(value, values[best]) {
            best = index;
        }
    }
    best as u32
}
