//! Events of an input, listed by the sites that see them: the cost follows the spikes, whatever there is of sites and weights.

use crate::StepEvents;

/// Lists by site and step.
#[derive(Debug)]
pub struct SiteRows<'a> {
    /// Start of each step in `rows`, site by site `[step]`, and the end of the last.
    pub offsets: &'a mut [u32],
    /// Distance between two sites in `offsets`.
    pub stride: usize,
    /// Rows of weights.
    pub rows: &'a mut Vec<u32>,
    /// Value of each event; empty: all are 1.
    pub values: &'a mut Vec<f32>,
}

/// Lists the rows of steps `from..to` at each site, in the order of the events; `touched` are the sites that see an input unit, with
/// the row of each.
#[inline]
pub fn list_touched<I: Iterator<Item = (usize, u32)>>(
    touched: impl Fn(u32) -> I,
    events: &StepEvents<'_>,
    (from, to): (usize, usize),
    lists: &mut SiteRows<'_>,
) {
    let stride = lists.stride;
    for site in lists.offsets.chunks_exact_mut(stride) {
        site[from..=to].fill(0);
    }
    for t in from..to {
        for &unit in events.at(t) {
            touched(unit).for_each(|(site, _)| lists.offsets[site * stride + t + 1] += 1);
        }
    }
    let mut total = 0;
    for site in lists.offsets.chunks_exact_mut(stride) {
        // Filling moves each step's start to its end, which is where the next one starts.
        for offset in &mut site[from..=to] {
            let count = *offset;
            *offset = total;
            total += count;
        }
    }
    lists.rows.resize(total as usize, 0);
    lists.values.resize(if events.is_weighted() { total as usize } else { 0 }, 0.0);
    for t in from..to {
        let units = events.at(t);
        let values = events.values_at(t);
        if values.is_empty() {
            for &unit in units {
                touched(unit).for_each(|(site, row)| {
                    lists.place(site * stride + t + 1, row);
                });
            }
        } else {
            for (&unit, &value) in units.iter().zip(values) {
                for (site, row) in touched(unit) {
                    let at = lists.place(site * stride + t + 1, row);
                    lists.values[at] = value;
                }
            }
        }
    }
}

impl SiteRows<'_> {
    /// Lists a row next at a site and step, and says where.
    #[inline(always)]
    fn place(&mut self, end: usize, row: u32) -> usize {
        let next = &mut self.offsets[end];
        let at = *next as usize;
        self.rows[at] = row;
        *next += 1;
        at
    }
}
