use spikelet_kernels::StepEvents;

use crate::Draw;

/// Drawn input spikes by step.
#[derive(Clone, Debug)]
pub(crate) struct Events {
    pub(crate) offsets: Vec<u32>,
    pub(crate) units: Vec<u32>,
}

impl Events {
    /// Draws for every step a share `density` of the inputs on average, each at most once, in order.
    pub(crate) fn draw(draw: &mut Draw, inputs: usize, steps: usize, density: f64) -> Self {
        let mut events = Self { offsets: vec![0], units: Vec::new() };
        let bound = (density * f64::from(1 << 20)) as usize;
        for _ in 0..steps {
            events.units.extend((0..inputs as u32).filter(|_| draw.below(1 << 20) < bound));
            events.offsets.push(events.units.len() as u32);
        }
        events
    }

    pub(crate) fn by_step(&self) -> StepEvents<'_> {
        StepEvents { offsets: &self.offsets, units: &self.units, values: &[] }
    }

    pub(crate) fn count(&self) -> usize {
        self.units.len()
    }

    /// Steps with a spike.
    pub(crate) fn busy_steps(&self) -> usize {
        self.offsets.windows(2).filter(|ends| ends[0] < ends[1]).count()
    }
}
