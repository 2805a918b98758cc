//! A surrogate derivative that is given by its values `h` (spec 5.1): linear between two of them, 0 outside of the table.
//!
//! ```text
//! x = |V − threshold| / step,  or (V − threshold − first) / step
//! σ' = h_k + (h_(k+1) − h_k) (x − k)      k = ⌊x⌋,  0 ≤ x ≤ n − 1
//! ```

use crate::BackwardTile;

/// Values of σ' at equal distances.
#[derive(Clone, Debug, PartialEq)]
pub struct SurrogateTable {
    values: Vec<f32>,
    /// `V − threshold` of the first value; `None`: values are by distance from the threshold, from 0 on.
    first: Option<f32>,
    /// 1 / step.
    per_step: f32,
}

impl SurrogateTable {
    /// A table of two or more values; `first` is `V − threshold` of the first one, `None` for values by distance.
    #[must_use]
    pub fn new(step: f64, values: &[f64], first: Option<f64>) -> Self {
        let values = values.iter().map(|&value| value as f32).collect();
        Self { values, first: first.map(|first| first as f32), per_step: (1.0 / step) as f32 }
    }

    /// σ' at `V − threshold`.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    #[must_use]
    pub fn at(&self, offset: f32) -> f32 {
        let Some(place) = self.place(offset) else { return 0.0 };
        let below = (place as usize).min(self.values.len() - 2);
        let height = self.values[below];
        height + (self.values[below + 1] - height) * (place - below as f32)
    }

    /// σ' times an error; a 0 has no sign, which values below 0 would give it.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn times(&self, offset: f32, error: f32) -> f32 {
        let height = self.at(offset);
        if height == 0.0 { 0.0 } else { height * error + 0.0 }
    }

    /// Whether the table ends before the membrane is at rest, 0.
    #[must_use]
    pub fn rests(&self, threshold: f32) -> bool {
        self.place(-threshold).is_none()
    }

    /// σ' of the steps of a pass over a tile, `[step − from][lane]`.
    pub(crate) fn sample(&self, tile: &BackwardTile<'_>, heights: &mut Vec<f32>) {
        heights.reserve((tile.to - tile.from) * tile.lanes);
        for t in tile.from..tile.to {
            let trace = &tile.trace[t * tile.lanes..][..tile.lanes];
            heights
                .extend(trace.iter().enumerate().map(|(lane, membrane)| self.at(membrane - tile.threshold(t, lane))));
        }
    }

    /// x, where it is within the table.
    fn place(&self, offset: f32) -> Option<f32> {
        let distance = self.first.map_or(offset.abs(), |first| offset - first);
        let place = distance * self.per_step;
        (place >= 0.0 && place <= (self.values.len() - 1) as f32).then_some(place)
    }
}
