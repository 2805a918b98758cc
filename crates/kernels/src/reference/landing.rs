use super::floor::flushed;
use crate::{FLOOR, FLOOR_EVERY, Injection, Landing, LifConstants, Reset, SiteInjections, TileAdjoints};

/// Twin of [`crate::list_injections`].
pub fn list_injections(tile: &TileAdjoints<'_>, injections: &mut Vec<Injection>, ends: &mut Vec<u32>) {
    let TileAdjoints { lanes, stride, offset, steps, constants, scale, .. } = *tile;
    for t in 0..steps {
        for lane in 0..lanes {
            let has_fired = tile.spikes.get(t).is_some_and(|fired| fired >> lane & 1 == 1);
            let direct = tile.direct[t * stride + offset + lane];
            if direct == 0.0 && !has_fired {
                continue;
            }
            let closes = has_fired && t + 1 < steps;
            let (mut membrane, mut current) = (direct, 0.0);
            if closes && !constants.reset.keeps_membrane() {
                membrane = direct - constants.membrane_decay * tile.p[(t + 1) * stride + offset + lane];
            }
            if closes && constants.reset == Reset::All {
                current = -constants.current_decay * tile.q[(t + 1) * stride + offset + lane];
            }
            let unit = tile.first + lane as u32;
            injections.push(Injection { unit, membrane: membrane * scale, current: current * scale });
        }
        ends.push(injections.len() as u32);
    }
}

/// Twin of [`crate::land`].
pub fn land(
    (weights, lanes): (&[f32], usize),
    landings: &[Landing],
    (injections, t): (SiteInjections<'_>, usize),
    p: &mut [f32],
    q: &mut [f32],
) {
    for landing in landings {
        let injections = injections.of(landing.site as usize, t).iter();
        for injection in injections.filter(|one| (landing.from..landing.to).contains(&one.unit)) {
            let row = (landing.row + injection.unit - landing.from) as usize * lanes;
            for lane in 0..lanes {
                p[landing.at as usize + lane] += weights[row + lane] * injection.membrane;
                q[landing.at as usize + lane] += weights[row + lane] * injection.current;
            }
        }
    }
}

/// Twin of [`crate::fall`].
pub fn fall(constants: &LifConstants, t: usize, p: &mut [f32], q: &mut [f32], error: &mut [f32]) {
    let floor = if t.is_multiple_of(FLOOR_EVERY) { FLOOR } else { 0.0 };
    for ((p, q), error) in p.iter_mut().zip(q).zip(error) {
        *q = flushed(*q + *p, floor);
        *p = flushed(*p, floor);
        *error = *q;
        *p *= constants.membrane_decay;
        *q *= constants.current_decay;
    }
}
