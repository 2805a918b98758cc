use crate::{BatchProjection, DelayedRow, LANES, Projection, TILE};

/// Twin of [`crate::project()`].
pub fn project(projection: &Projection<'_>, out: &mut [f32]) {
    for t in 0..projection.steps {
        for lane in 0..projection.lanes {
            let mut sum = 0.0;
            for segment in 0..projection.segments {
                for j in 0..projection.units {
                    let weight = projection.weights[(segment * projection.units + j) * projection.lanes + lane];
                    sum += weight * projection.rows[t * projection.stride + segment * projection.gap + j];
                }
            }
            let to = &mut out[t * projection.lanes + lane];
            *to = if projection.adds { *to + sum * projection.scale } else { sum * projection.scale };
        }
    }
}

/// Twin of [`crate::project_batch`].
pub fn project_batch(projection: &BatchProjection<'_>, out: &mut [f32]) {
    for n in 0..projection.samples {
        for lane in 0..LANES {
            let products = projection.weights.chunks_exact(LANES).zip(projection.rows.chunks_exact(LANES));
            let sum = products.fold(0.0, |sum, (weights, row)| sum + weights[lane] * row[n]);
            out[n * projection.out_stride + lane] = sum * projection.scale;
        }
    }
}

/// Twin of [`crate::project_delayed`].
pub fn project_delayed(row: &DelayedRow<'_>, adjoints: &[f32], stride: usize, adds: bool, sums: &mut [f32]) {
    let most = stride - sums.len();
    for (t, sum) in sums.iter_mut().enumerate() {
        if !adds {
            *sum = 0.0;
        }
        for (unit, (weight, &delay)) in row.weights.iter().zip(row.delays).enumerate() {
            *sum += weight * adjoints[unit * stride + usize::from(delay).min(most) + t];
        }
    }
}

/// Twin of [`crate::spread_columns`].
pub fn spread_columns(columns: &[f32], stride: usize, scale: f32, (first, lanes): (usize, usize), rows: &mut [f32]) {
    for (t, row) in rows.chunks_exact_mut(lanes).enumerate() {
        for (column, to) in columns.chunks_exact(stride).zip(&mut row[first..]) {
            *to = column[t] * scale;
        }
    }
}

/// Twin of [`crate::dot`].
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        sums[i % LANES] += a * b;
    }
    tree(sums)
}

/// Sums 16 numbers as `((0+8)+(4+12))…`: halves onto halves.
fn tree(mut lanes: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// Twin of [`crate::add_dots`].
pub fn add_dots(weights: &[f32], rows: &[f32], lanes: usize, (ends, inputs): (&[u32], &[u32]), sums: &mut [f32]) {
    for (place, (sum, &input)) in sums.iter_mut().zip(inputs).enumerate() {
        let row = ends.iter().filter(|&&end| end as usize <= place).count();
        *sum += dot(&weights[input as usize * lanes..][..lanes], &rows[row * lanes..][..lanes]);
    }
}

/// Twin of [`crate::row_dots`].
pub fn row_dots(tiles: &[&[f32]], inputs: &[u32], x: &[f32], sums: &mut [f32]) {
    for (&input, sum) in inputs.iter().zip(sums) {
        let parts = tiles.iter().zip(x.chunks(TILE));
        let row: Vec<f32> = parts.flat_map(|(tile, x)| &tile[input as usize * x.len()..][..x.len()]).copied().collect();
        *sum = dot(&row, x);
    }
}
