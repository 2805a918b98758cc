use super::floor::flushed;
use crate::{FLOOR, FLOOR_EVERY, LayerAdjoints, LifConstants, NO_ROW, Surrogate, Sweep, TILE};

/// Twin of [`crate::activation_parts`].
pub fn activation_parts(
    surrogate: Surrogate<'_>,
    threshold: f32,
    membrane: &[f32],
    [a, b, c]: [&[f32]; 3],
    direct: &mut [f32],
) {
    for (lane, direct) in direct.iter_mut().enumerate() {
        *direct = surrogate.times(membrane[lane] - threshold, a[lane] + b[lane] + c[lane]);
    }
}

/// Twin of [`crate::mark_active`].
pub fn mark_active(surrogate: Surrogate<'_>, threshold: f32, trace: &[f32], lanes: usize, active: &mut [u64]) {
    for (bits, row) in active.iter_mut().zip(trace.chunks_exact(lanes)) {
        let is_active = |membrane: f32| match surrogate {
            Surrogate::Triangle { .. } | Surrogate::Rectangle { .. } | Surrogate::Table(_) => {
                surrogate.times(membrane - threshold, 1.0) != 0.0
            }
            _ => true,
        };
        *bits = row.iter().enumerate().fold(0, |bits, (lane, &v)| bits | u64::from(is_active(v)) << lane);
    }
}

/// Twin of [`crate::sweep_back`].
pub fn sweep_back(sweep: &Sweep<'_>, adjoints: &mut LayerAdjoints<'_>) {
    let LifConstants { membrane_decay, current_decay, .. } = sweep.constants;
    let stride = adjoints.p.len();
    for lane in 0..stride {
        let (tile, in_tile) = (lane / TILE * TILE, lane % TILE);
        let lanes = TILE.min(stride - tile);
        for t in (sweep.from..sweep.to).rev() {
            let floor = if (t + 1).is_multiple_of(FLOOR_EVERY) { FLOOR } else { 0.0 };
            let opened = flushed(adjoints.q[lane], floor);
            let direct = if t + 1 == sweep.to { sweep.direct[lane] } else { 0.0 };
            let p = direct + flushed(adjoints.p[lane], floor) * membrane_decay;
            let q = p + opened * current_decay;
            let r = (opened - q * current_decay) - p * membrane_decay;
            adjoints.bias[lane] += p;
            if sweep.rows[t] != NO_ROW {
                let at = tile * sweep.row_count + sweep.rows[t] as usize * lanes + in_tile;
                adjoints.q_rows[at] = q;
            }
            if sweep.leaves_r && t == sweep.from {
                adjoints.r[lane] = r;
            }
            for (to, value) in adjoints.every_step.iter_mut().zip([q, r]) {
                if let Some(to) = to.get_mut(t * stride + lane) {
                    *to = value;
                }
            }
            adjoints.p[lane] = p;
            adjoints.q[lane] = q;
        }
    }
}
