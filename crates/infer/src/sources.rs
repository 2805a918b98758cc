//! What is known of the sources of a network once all of it was read.

use alloc::vec;
use alloc::vec::Vec;

/// Sources of the nodes so far.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// Numbers of the sources, and how many units each may have at most.
    all: Vec<(usize, usize)>,
    /// End of those of each node, and how many events a pool makes of one at most; a layer sends what it wants.
    nodes: Vec<(usize, Option<usize>)>,
}

impl Sources {
    /// Nodes so far.
    pub(crate) fn nodes(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn note(&mut self, number: usize, units: usize) {
        self.all.push((number, units));
    }

    pub(crate) fn end_node(&mut self, copies: Option<usize>) {
        self.nodes.push((self.all.len(), copies));
    }

    /// Whether all have at most as many units as they may, and pools at most `max` events for each that enters the network.
    pub(crate) fn are_sound(&self, units: &[usize], max: usize) -> bool {
        let fits = |&(number, max): &(usize, usize)| units.get(number).is_some_and(|&units| units <= max);
        self.all.iter().all(fits) && self.events_stay_below(max)
    }

    /// Events that pools make of one, until no pool has more than before: pools that feed each other have ever more.
    fn events_stay_below(&self, max: usize) -> bool {
        let mut events = vec![1_usize; self.nodes.len() + 1];
        for _ in 0..=self.nodes.len() {
            let (mut start, mut has_changed) = (0, false);
            for (node, &(end, copies)) in self.nodes.iter().enumerate() {
                if let Some(copies) = copies {
                    let arriving = self.all[start..end]
                        .iter()
                        .fold(0_usize, |sum, &(number, _)| sum.saturating_add(events[number]));
                    let sent = arriving.saturating_mul(copies);
                    if sent > max {
                        return false;
                    }
                    has_changed |= sent != events[node + 1];
                    events[node + 1] = sent;
                }
                start = end;
            }
            if !has_changed {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(nodes: &[(&[usize], Option<usize>)]) -> Sources {
        let mut sources = Sources::default();
        for &(numbers, copies) in nodes {
            numbers.iter().for_each(|&number| sources.note(number, 7));
            sources.end_node(copies);
        }
        sources
    }

    #[test]
    fn units_are_at_most_as_many_as_are_read() {
        let sources = sources(&[(&[0, 1], None)]);
        assert!(sources.are_sound(&[7, 7], 0));
        assert!(!sources.are_sound(&[7, 8], 0));
        assert!(!sources.are_sound(&[7], 0));
    }

    #[test]
    fn pools_that_feed_each_other_or_make_many_events_are_not_sound() {
        let units = [1; 4];
        let chain = sources(&[(&[0], Some(3)), (&[1, 0], Some(2)), (&[2], None)]);
        assert!(chain.are_sound(&units, 8));
        assert!(!chain.are_sound(&units, 7));
        let backwards = sources(&[(&[2], Some(3)), (&[3], Some(2)), (&[0], Some(2))]);
        assert!(backwards.are_sound(&units, 12));
        assert!(!sources(&[(&[0, 2], Some(1)), (&[1], Some(1))]).are_sound(&units, 1 << 20));
        assert!(sources(&[(&[0, 2], Some(1)), (&[1], None)]).are_sound(&units, 2));
    }
}
