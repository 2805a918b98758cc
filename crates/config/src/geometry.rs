//! Images, windows that slide over them, and how places are cut into tiles.

mod window;

use serde::Serialize;
use spikelet_kernels::{TILE, padded};

pub use window::{Axis, Phase, Window};

/// Size of an image; units are numbered row-major, `(channel · height + y) · width + x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Image {
    /// Channels.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Image {
    /// Reads `[channels, height, width]`.
    pub fn of(shape: [u32; 3]) -> Self {
        let [channels, height, width] = shape.map(|size| size as usize);
        Self { channels, height, width }
    }

    /// Number of units.
    #[must_use]
    pub fn units(self) -> usize {
        self.channels * self.places()
    }

    /// Number of places of a channel.
    pub fn places(self) -> usize {
        self.height * self.width
    }

    /// What a window makes of it, with so many channels.
    pub fn through(self, window: &Window, channels: usize) -> Self {
        Self { channels, height: window.rows.output, width: window.columns.output }
    }

    /// Number of the unit at a place of a channel.
    pub fn unit(self, channel: usize, y: usize, x: usize) -> u32 {
        ((channel * self.height + y) * self.width + x) as u32
    }

    /// `(channel, y, x)` of a unit.
    pub fn place(self, unit: u32) -> (usize, usize, usize) {
        let (channel, place) = (unit as usize / self.places(), unit as usize % self.places());
        (channel, place / self.width, place % self.width)
    }
}

/// Neighbouring places of a row that make up the lanes of a tile: `lane = place · channels + channel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strip {
    /// Places side by side.
    pub places: usize,
    /// At most [`TILE`].
    pub channels: usize,
}

impl Strip {
    /// As many places as fill a tile, evenly over the strips of a row.
    pub fn fit(width: usize, channels: usize) -> Self {
        let channels = channels.min(TILE);
        let strips = width.div_ceil((TILE / channels).max(1));
        Self { places: width.div_ceil(strips), channels }
    }

    /// Channels in blocks of up to a tile, each with its first channel.
    pub fn blocks(width: usize, channels: usize) -> impl Iterator<Item = (usize, Self)> {
        (0..channels).step_by(TILE).map(move |first| (first, Self::fit(width, channels - first)))
    }

    /// Strips of a row.
    pub fn count(self, width: usize) -> usize {
        width.div_ceil(self.places)
    }

    /// Lanes of the tile, in whole vectors.
    pub fn lanes(self) -> usize {
        padded(self.places * self.channels)
    }

    /// Columns of the input that the places see together.
    pub fn columns(self, columns: &Axis) -> usize {
        columns.span() + (self.places - 1) * columns.stride
    }

    /// Inputs that the places see together: of `seen` channels, [`Strip::columns`] of each row of the kernel.
    pub fn rows(self, seen: usize, window: &Window) -> usize {
        seen.saturating_mul(window.rows.taps).saturating_mul(self.columns(&window.columns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_cover_a_row_and_fit_a_tile() {
        for channels in [1, 3, 8, 16, 33, 64, 65, 200] {
            for width in 1..70 {
                let blocks: Vec<_> = Strip::blocks(width, channels).collect();
                assert_eq!(blocks.iter().map(|(_, strip)| strip.channels).sum::<usize>(), channels);
                for (_, strip) in blocks {
                    assert!(strip.lanes() <= TILE, "{channels} channels, width {width}: {strip:?}");
                    assert!(strip.count(width) * strip.places >= width);
                    assert!((strip.count(width) - 1) * strip.places < width, "no strip is empty");
                }
            }
        }
    }
}
