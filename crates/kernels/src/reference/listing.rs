use crate::StepEvents;
use crate::listing::{SiteRows, Touches};

/// Twin of [`crate::list_touched`].
pub fn list_touched(touches: &Touches, events: &StepEvents<'_>, (from, to): (usize, usize), lists: &mut SiteRows<'_>) {
    let mut listed = Vec::new();
    for t in from..to {
        for (unit, value) in events.weighted_at(t) {
            listed.extend(touches.of(unit).map(|(site, row)| (site, t, row, value)));
        }
    }
    // Rows of a site and step keep their order.
    listed.sort_by_key(|&(site, t, ..)| (site, t));
    lists.rows.clear();
    lists.values.clear();
    let mut rest = listed.into_iter().peekable();
    for (site, offsets) in lists.offsets.chunks_exact_mut(lists.stride).enumerate() {
        for t in from..to {
            offsets[t] = lists.rows.len() as u32;
            while let Some((.., row, value)) = rest.next_if(|next| (next.0, next.1) == (site, t)) {
                lists.rows.push(row);
                lists.values.extend(events.is_weighted().then_some(value));
            }
        }
        offsets[to] = lists.rows.len() as u32;
    }
}
