//! Lists of spikes: for each sample the events in order of time, then of unit.

use spikelet_config::{Error, Result};

use crate::memory;

/// Spike trains of many samples in compressed rows: the events of sample `b` are `offsets[b]..offsets[b + 1]`.
///
/// Events are sorted by `(time, unit)`; the same pair may stand more than once and then adds up (input counts). Events may have values
/// (spec 1.6), 1 where they have none.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeTrains {
    offsets: Vec<usize>,
    times: Vec<u16>,
    units: Vec<u32>,
    /// Value of each event; empty: all are 1.
    values: Vec<f32>,
}

/// Events of one sample, in order of time, then of unit.
#[derive(Clone, Copy, Debug, Default)]
pub struct SampleEvents<'a> {
    /// Step of each event.
    pub times: &'a [u16],
    /// Unit of each event.
    pub units: &'a [u32],
    /// Value of each event; empty: all are 1.
    pub values: &'a [f32],
}

/// Bytes of an event.
pub const EVENT_BYTES: u64 = (size_of::<u16>() + size_of::<u32>()) as u64;

/// Bytes that sorting takes for an event: as a pair, and twice as a key.
const SORTED_BYTES: u64 = (size_of::<(u16, u32)>() + 2 * size_of::<u64>()) as u64;

impl Default for SpikeTrains {
    fn default() -> Self {
        Self::new()
    }
}

impl SpikeTrains {
    /// No samples yet.
    #[must_use]
    pub fn new() -> Self {
        Self { offsets: vec![0], times: Vec::new(), units: Vec::new(), values: Vec::new() }
    }

    /// Takes flat arrays over, sorting the events of a sample where they are not in order; without `values`, all are 1.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for arrays of unequal length, offsets that do not rise from 0 to the number of events,
    /// a time of at least `steps` or a unit of at least `unit_count`, [`crate::ErrorCode::DataFormat`] for a value that is not finite;
    /// the path is `path.times[i]` and the like.
    pub fn from_parts(
        offsets: &[u32],
        (times, units, values): (Vec<u16>, Vec<u32>, Option<Vec<f32>>),
        steps: usize,
        unit_count: usize,
        path: &str,
    ) -> Result<Self> {
        if times.len() != units.len() {
            return Err(Error::shape(
                format!("{path}.units"),
                format!("must have as many entries as times ({}), got {}", times.len(), units.len()),
            ));
        }
        let values = values.map_or(Ok(Vec::new()), |values| checked_values(values, times.len(), path))?;
        if offsets.first() != Some(&0) || offsets.last().map(|&last| last as usize) != Some(times.len()) {
            return Err(Error::shape(
                format!("{path}.offsets"),
                format!("must start at 0 and end at the number of events ({})", times.len()),
            ));
        }
        if let Some(index) = offsets.windows(2).position(|pair| pair[0] > pair[1]) {
            return Err(Error::shape(format!("{path}.offsets[{}]", index + 1), "must not fall"));
        }
        // The largest is found many at a time, where the first that is too large is not.
        if usize::from(largest(&times)) >= steps
            && let Some(index) = times.iter().position(|&time| usize::from(time) >= steps)
        {
            return Err(Error::shape(
                format!("{path}.times[{index}]"),
                format!("must be below the number of steps ({steps}), got {}", times[index]),
            ));
        }
        if largest(&units) as usize >= unit_count
            && let Some(index) = units.iter().position(|&unit| unit as usize >= unit_count)
        {
            return Err(Error::shape(
                format!("{path}.units[{index}]"),
                format!("must be below the number of units ({unit_count}), got {}", units[index]),
            ));
        }
        let mut starts = memory::reserved(offsets.len(), path, "the offsets")?;
        starts.extend(offsets.iter().map(|&offset| offset as usize));
        let mut trains = Self { offsets: starts, times, units, values }.without_ones();
        trains.sort_samples(path)?;
        Ok(trains)
    }

    /// Flat arrays: offsets, times, units, and values, which are empty where all are 1.
    #[must_use]
    pub fn into_parts(self) -> (Vec<usize>, Vec<u16>, Vec<u32>, Vec<f32>) {
        (self.offsets, self.times, self.units, self.values)
    }

    fn sort_samples(&mut self, path: &str) -> Result<()> {
        let mut events = Vec::new();
        for sample in 0..self.len() {
            let range = self.offsets[sample]..self.offsets[sample + 1];
            if is_sorted(&self.times[range.clone()], &self.units[range.clone()]) {
                continue;
            }
            let bytes = range.len() as u64 * SORTED_BYTES;
            memory::require(bytes, path, || format!("the events of sample {sample}, sorted,"))?;
            events.clear();
            events.extend(range.clone().map(|i| (self.times[i], self.units[i])));
            sort_events(&mut events, self.values.get_mut(range.clone()).unwrap_or_default());
            for (i, &(time, unit)) in range.zip(&events) {
                self.times[i] = time;
                self.units[i] = unit;
            }
        }
        Ok(())
    }

    /// Appends a sample whose events are already sorted by `(time, unit)`.
    pub fn push_sample(&mut self, events: impl IntoIterator<Item = (u16, u32)>) {
        for (time, unit) in events {
            self.times.push(time);
            self.units.push(unit);
        }
        debug_assert!(
            (self.offsets[self.offsets.len() - 1] + 1..self.times.len())
                .all(|i| (self.times[i - 1], self.units[i - 1]) <= (self.times[i], self.units[i])),
            "events of a sample must be sorted"
        );
        self.offsets.push(self.times.len());
    }

    /// Appends a sample whose events are already sorted by `(time, unit)`, with the value of each; either all samples have values, or none.
    ///
    /// Returns `false`, and nothing is appended, where there is no memory for them.
    #[must_use]
    pub fn try_push_weighted(&mut self, events: &[(u16, u32)], values: &[f32]) -> bool {
        debug_assert_eq!((events.len(), self.times.len()), (values.len(), self.values.len()), "each event has a value");
        if self.values.try_reserve(values.len()).is_err() || !self.try_push_sample(events) {
            return false;
        }
        self.values.extend_from_slice(values);
        true
    }

    /// Forgets the values where all are 1.
    #[must_use]
    pub fn without_ones(mut self) -> Self {
        if self.values.iter().all(|&value| value == 1.0) {
            self.values = Vec::new();
        }
        self
    }

    /// Makes room for `events` more events, exactly those; `false` where there is no memory for them.
    pub fn try_reserve(&mut self, events: usize) -> bool {
        self.times.try_reserve_exact(events).is_ok() && self.units.try_reserve_exact(events).is_ok()
    }

    /// Makes room for `samples` more samples; `false` where there is no memory for them.
    pub fn try_reserve_samples(&mut self, samples: usize) -> bool {
        self.offsets.try_reserve(samples).is_ok()
    }

    /// [`Self::push_sample`] of listed events; `false`, and nothing is appended, where there is no memory for them.
    #[must_use]
    pub fn try_push_sample(&mut self, events: &[(u16, u32)]) -> bool {
        let is_there = self.times.try_reserve(events.len()).is_ok()
            && self.units.try_reserve(events.len()).is_ok()
            && self.offsets.try_reserve(1).is_ok();
        if is_there {
            self.push_sample(events.iter().copied());
        }
        is_there
    }

    /// Appends a sample whose events, of value 1, are already sorted; `false`, and nothing is appended, where there is no memory for them.
    #[must_use]
    pub fn try_push_events(&mut self, times: &[u16], units: &[u32]) -> bool {
        if !self.try_reserve(times.len()) || !self.try_reserve_samples(1) {
            return false;
        }
        self.times.extend_from_slice(times);
        self.units.extend_from_slice(units);
        self.offsets.push(self.times.len());
        true
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Times and units of the events of one sample.
    #[must_use]
    pub fn sample(&self, index: usize) -> (&[u16], &[u32]) {
        let range = self.offsets[index]..self.offsets[index + 1];
        (&self.times[range.clone()], &self.units[range])
    }

    /// The events of one sample, with their values.
    #[must_use]
    pub fn events(&self, index: usize) -> SampleEvents<'_> {
        let range = self.offsets[index]..self.offsets[index + 1];
        let (times, units) = self.sample(index);
        SampleEvents { times, units, values: self.values.get(range).unwrap_or_default() }
    }

    /// Whether any event has a value other than 1.
    #[must_use]
    pub fn is_weighted(&self) -> bool {
        !self.values.is_empty()
    }

    /// Refuses values where events reach a max pool, which takes the spikes of the unit that has fired most (spec 1.6).
    ///
    /// # Errors
    /// [`crate::ErrorCode::DataFormat`] at `path.values`.
    pub fn check_values(&self, reach_max_pool: bool, path: &str) -> Result<()> {
        if self.is_weighted() && reach_max_pool {
            let message =
                "reach a max pool, which takes spikes without values: average instead, or begin with another layer";
            return Err(Error::data(format!("{path}.values"), message));
        }
        Ok(())
    }

    /// Start of each sample's events, and the end of the last.
    #[must_use]
    pub fn offsets(&self) -> &[usize] {
        &self.offsets
    }

    /// Step of every event.
    #[must_use]
    pub fn times(&self) -> &[u16] {
        &self.times
    }

    /// Unit of every event.
    #[must_use]
    pub fn units(&self) -> &[u32] {
        &self.units
    }
}

/// The largest, 0 of none; a fold of values is done many at a time, `max` of an iterator of references is not.
fn largest<T: Copy + Default + Ord>(values: &[T]) -> T {
    values.iter().copied().fold(T::default(), Ord::max)
}

/// Whether spikes are in order of steps, then of units; looks at all of them, many at a time.
fn is_sorted(times: &[u16], units: &[u32]) -> bool {
    let Some(last) = times.len().checked_sub(1) else { return true };
    let times = times[..last].iter().zip(&times[1..]);
    let units = units[..last].iter().zip(&units[1..]);
    let falls = times.zip(units).fold(0_u32, |found, ((time, next_time), (unit, next_unit))| {
        found | u32::from((time > next_time) | ((time == next_time) & (unit > next_unit)))
    });
    falls == 0
}

/// One value for each of so many events, all of them finite; none where all are 1.
fn checked_values(values: Vec<f32>, events: usize, path: &str) -> Result<Vec<f32>> {
    if values.len() != events {
        let message = format!("must have as many entries as times ({events}), got {}", values.len());
        return Err(Error::shape(format!("{path}.values"), message));
    }
    if let Some(index) = values.iter().position(|value| !value.is_finite()) {
        return Err(Error::data(format!("{path}.values[{index}]"), format!("must be finite, got {}", values[index])));
    }
    Ok(values)
}

/// Sorts events by step, then by unit, and their values, if they have any, with them.
#[inline(never)]
pub(crate) fn sort_events(events: &mut [(u16, u32)], values: &mut [f32]) {
    if !events.is_sorted() {
        sort_keys(events, values);
    }
}

/// Sorts spikes by step, then by unit.
pub fn sort_spikes(spikes: &mut [(u16, u32)]) {
    sort_events(spikes, &mut []);
}

/// Sorts by five bits of step and unit at a time, the lowest first, where events with the same bits keep their order. Encoders go from
/// unit to unit, so that only the bits of the steps are left.
#[inline(never)]
fn sort_keys(spikes: &mut [(u16, u32)], values: &mut [f32]) {
    const DIGIT: usize = 5;
    let unit_bits = u32::BITS - spikes.iter().fold(0, |bits, &(_, unit)| bits | unit).leading_zeros();
    let key = |&(step, unit): &(u16, u32)| u64::from(step) << unit_bits | u64::from(unit);
    let mut keys: Vec<u64> = spikes.iter().map(key).collect();
    let mut sorted = vec![0; keys.len()];
    let (mut keys, mut sorted) = (keys.as_mut_slice(), sorted.as_mut_slice());
    let mut sorted_values = values.to_vec();
    let bits = keys.iter().fold(0, |bits, key| bits | key);
    let digits = (u64::BITS - bits.leading_zeros()) as usize;
    let sorted_digits = if spikes.is_sorted_by_key(|&(_, unit)| unit) { unit_bits as usize } else { 0 };
    for shift in (sorted_digits..digits).step_by(DIGIT) {
        let digit = |key: u64| (key >> shift) as usize % (1 << DIGIT);
        let mut places = [0; 1 << DIGIT];
        keys.iter().for_each(|&key| places[digit(key)] += 1);
        let mut start = 0;
        for place in &mut places {
            start += std::mem::replace(place, start);
        }
        let mut value_places = places;
        for &key in keys.iter() {
            let at = &mut places[digit(key)];
            sorted[*at] = key;
            *at += 1;
        }
        for (&key, &value) in keys.iter().zip(&*values) {
            let at = &mut value_places[digit(key)];
            sorted_values[*at] = value;
            *at += 1;
        }
        std::mem::swap(&mut keys, &mut sorted);
        values.copy_from_slice(&sorted_values);
    }
    for (spike, &mut key) in spikes.iter_mut().zip(keys) {
        *spike = ((key >> unit_bits) as u16, (key & ((1 << unit_bits) - 1)) as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trains(times: &[u16], units: &[u32]) -> Result<SpikeTrains> {
        SpikeTrains::from_parts(&[0, times.len() as u32], (times.to_vec(), units.to_vec(), None), 100, 700, "events")
    }

    #[test]
    fn spikes_of_any_steps_and_units_are_sorted() {
        let mut random = 1_u64;
        for (count, largest) in [(0, 1), (1, u64::MAX), (500, 7), (500, 1000), (3000, 1 << 40), (3000, u64::MAX)] {
            let spikes = (0..count).map(|_| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let drawn = (random >> 16) % largest;
                ((drawn >> 32 ^ drawn) as u16, drawn as u32)
            });
            let mut spikes: Vec<_> = spikes.collect();
            let mut expected = spikes.clone();
            expected.sort_unstable();
            sort_spikes(&mut spikes);
            assert_eq!(spikes, expected);
        }
    }

    #[test]
    fn a_fall_at_any_place_is_sorted() {
        let times: Vec<u16> = (0..67).map(|k| k / 4).collect();
        let units: Vec<u32> = (0..67).map(|k| 10 * (k % 4)).collect();
        let sorted = trains(&times, &units).unwrap();
        assert_eq!((sorted.times(), sorted.units()), (&times[..], &units[..]));
        for place in 1..times.len() {
            let (mut times, mut units) = (times.clone(), units.clone());
            times.swap(place - 1, place);
            units.swap(place - 1, place);
            assert_eq!(trains(&times, &units).unwrap(), sorted, "fall at {place}");
        }
        assert!(trains(&[], &[]).is_ok_and(|none| none.len() == 1));
    }

    #[test]
    fn values_stay_with_their_events() {
        let (times, units) = ([7, 0, 7, 3, 0], [2, 600, 1, 5, 600]);
        let with = |values: &[f32]| {
            let parts = (times.to_vec(), units.to_vec(), Some(values.to_vec()));
            SpikeTrains::from_parts(&[0, 0, 5], parts, 100, 700, "events")
        };
        let sorted = with(&[1.5, -2.0, 0.25, 3.0, 4.0]).unwrap();
        let SampleEvents { times: sorted_times, units: sorted_units, values } = sorted.events(1);
        assert_eq!((sorted_times, sorted_units), (&[0, 0, 3, 7, 7][..], &[600, 600, 5, 1, 2][..]));
        assert_eq!(values, [-2.0, 4.0, 3.0, 0.25, 1.5]);
        assert!(sorted.events(0).values.is_empty());
        assert_eq!(
            with(&[1.0; 5]).unwrap(),
            SpikeTrains::from_parts(&[0, 0, 5], (times.to_vec(), units.to_vec(), None), 100, 700, "").unwrap()
        );
        assert_eq!(with(&[1.0, 2.0]).unwrap_err().path, "events.values");
        let error = with(&[1.0, 2.0, f32::NAN, 0.0, f32::INFINITY]).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (crate::ErrorCode::DataFormat, "events.values[2]"));
    }

    #[test]
    fn the_first_that_is_too_large_is_named() {
        let mut times = vec![99; 67];
        let mut units = vec![699; 67];
        assert!(trains(&times, &units).is_ok());
        (units[40], units[50]) = (700, 1000);
        assert_eq!(trains(&times, &units).unwrap_err().path, "events.units[40]");
        (times[30], times[60]) = (100, 200);
        assert_eq!(trains(&times, &units).unwrap_err().path, "events.times[30]");
    }
}
