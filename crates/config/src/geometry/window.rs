//! Windows of convolutions and pools that slide over an image (spec 17).
//!
//! ```text
//! out = ⌊(n + p + p' − dilation (taps − 1) − 1) / stride⌋ + 1,   output o sees place  o stride − p + tap dilation
//! ```

/// A window that slides over rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From top to bottom.
    pub rows: Axis,
    /// From left to right.
    pub columns: Axis,
}

/// A window that slides along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Places of the input.
    pub input: usize,
    /// Places of the output.
    pub output: usize,
    /// Places of the input that the window sees.
    pub taps: usize,
    /// Distance between two windows.
    pub stride: usize,
    /// Distance between two taps.
    pub dilation: usize,
    /// Zeros before the first place.
    pub padding: usize,
}

/// Places of an axis that lie a stride apart. Windows see them with the same taps, each place one window further than the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    /// The first of the places.
    pub first: usize,
    /// How many they are.
    pub places: usize,
    /// Taps that see them.
    pub taps: usize,
    /// Last of these taps, by which the first window sees.
    tap: usize,
    /// Distance between two of these taps.
    between: usize,
    /// The first window that sees the first place; windows outside the output count too.
    pub window: isize,
    /// Distance between two windows that see a place.
    pub gap: usize,
}

impl Axis {
    /// Places from the first tap to the last.
    pub fn span(&self) -> usize {
        self.dilation * (self.taps - 1) + 1
    }

    /// Outputs that see a place, each with its tap, from the first output on.
    #[inline(never)]
    pub fn seen_by(&self, place: usize) -> Vec<(usize, usize)> {
        let mut outputs = Vec::new();
        for tap in (0..self.taps).rev() {
            let Some(ahead) = (place + self.padding).checked_sub(tap * self.dilation) else { continue };
            if ahead % self.stride == 0 && ahead / self.stride < self.output {
                outputs.push((ahead / self.stride, tap));
            }
        }
        outputs
    }

    /// The phase whose places a tap sees, and the tap's number in it.
    pub fn phase_of(&self, tap: usize) -> Option<(usize, usize)> {
        let first = (tap * self.dilation) as isize - self.padding as isize;
        let first = first.rem_euclid(self.stride as isize) as usize;
        (first < self.phases()).then(|| self.phase(first)).map(|phase| (first, (phase.tap - tap) / phase.between))
    }

    /// Number of phases.
    pub fn phases(&self) -> usize {
        self.stride.min(self.input)
    }

    /// The places from `first`, below [`Axis::phases`], a stride apart.
    pub fn phase(&self, first: usize) -> Phase {
        let at = |tap: usize| (first + self.padding) as isize - (tap * self.dilation) as isize;
        let mut taps = (0..self.taps).rev().filter(|&tap| at(tap).rem_euclid(self.stride as isize) == 0);
        let (places, last) = ((self.input - first).div_ceil(self.stride), taps.next());
        let window = last.map_or(0, |tap| at(tap).div_euclid(self.stride as isize));
        let (between, count) = match (last, taps.next()) {
            (Some(tap), Some(next)) => (tap - next, tap / (tap - next) + 1),
            (last, _) => (1, usize::from(last.is_some())),
        };
        let gap = between * self.dilation / self.stride;
        Phase { first, places, taps: count, tap: last.unwrap_or(0), between, window, gap }
    }

    /// Windows outside the output that see a place of the input, before the first and after the last.
    pub fn beyond(&self) -> (usize, usize) {
        let phases = (0..self.phases()).map(|first| self.phase(first)).filter(|phase| phase.taps > 0);
        phases.fold((0, 0), |(before, after), phase| {
            let last = phase.window + (phase.windows(phase.places) - 1) as isize;
            let behind = last - (self.output - 1) as isize;
            (before.max((-phase.window).max(0) as usize), after.max(behind.max(0) as usize))
        })
    }
}

impl Phase {
    /// Windows from the first to the last that sees one of so many neighbouring places of the phase.
    pub fn windows(&self, places: usize) -> usize {
        if self.taps == 0 { 0 } else { (self.taps - 1) * self.gap + places }
    }

    /// The tap by which the window sees a place that is `number · gap` after the first which does.
    pub fn tap(&self, number: usize) -> usize {
        self.tap - number * self.between
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes() -> impl Iterator<Item = Axis> {
        let sizes = (1..9_usize).flat_map(|input| (1..5).map(move |taps| (input, taps)));
        let spaced = sizes.flat_map(|(input, taps)| (1..5).map(move |stride| (input, taps, stride)));
        let dilated =
            spaced.flat_map(|(input, taps, stride)| (1..4).map(move |dilation| (input, taps, stride, dilation)));
        let padded = dilated.flat_map(|of| (0..4).map(move |padding| (of, padding)));
        padded.filter_map(|((input, taps, stride, dilation), padding)| {
            let rest = (input + 2 * padding).checked_sub(dilation * (taps - 1) + 1)?;
            Some(Axis { input, output: rest / stride + 1, taps, stride, dilation, padding })
        })
    }

    #[test]
    fn both_directions_agree() {
        for axis in axes() {
            let seen_by = |place| axis.seen_by(place).into_iter().map(move |(output, tap)| (output, tap, place));
            let up: Vec<_> = (0..axis.input).flat_map(seen_by).collect();
            let mut down: Vec<_> = (0..axis.output)
                .flat_map(|output| (0..axis.taps).map(move |tap| (output, tap)))
                .filter_map(|(output, tap)| {
                    let place = (output * axis.stride + tap * axis.dilation).checked_sub(axis.padding)?;
                    (place < axis.input).then_some((output, tap, place))
                })
                .collect();
            down.sort_by_key(|&(output, tap, place)| (place, output, tap));
            assert_eq!(up, down, "{axis:?}");
        }
    }

    #[test]
    fn phases_cover_an_axis() {
        for axis in axes() {
            let (before, after) = axis.beyond();
            let mut covered = 0;
            for phase in (0..axis.phases()).map(|first| axis.phase(first)) {
                covered += phase.places;
                for number in 0..phase.places {
                    let windows: Vec<_> = (0..phase.taps)
                        .map(|tap| (phase.window + (number + tap * phase.gap) as isize, phase.tap(tap)))
                        .collect();
                    for (window, _) in &windows {
                        assert!((-(before as isize)..(axis.output + after) as isize).contains(window), "{axis:?}");
                    }
                    let inside = windows.iter().filter_map(|&(window, tap)| Some((usize::try_from(window).ok()?, tap)));
                    let inside: Vec<_> = inside.filter(|&(window, _)| window < axis.output).collect();
                    let place = phase.first + number * axis.stride;
                    assert_eq!(inside, axis.seen_by(place), "{axis:?}, place {place}");
                }
            }
            assert_eq!(covered, axis.input, "{axis:?}");
            for tap in 0..axis.taps {
                let sees = |phase: &Phase| (0..phase.taps).find(|&number| phase.tap(number) == tap);
                let mut phases = (0..axis.phases()).map(|first| (first, axis.phase(first)));
                let found = phases.find_map(|(first, phase)| Some((first, sees(&phase)?)));
                assert_eq!(axis.phase_of(tap), found, "{axis:?}, tap {tap}");
            }
        }
    }
}
