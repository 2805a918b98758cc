//! A simulated event camera that looks at a still image with three saccades, after N-MNIST (Orchard, Jayawant, Cohen, Thakor:
//! *Converting Static Image Datasets to Spiking Neuromorphic Datasets Using Saccades*, Frontiers in Neuroscience 2015).
//!
//! It is a simulation, not a recording: no noise, no refractory period, no leak.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_config::{
    Error, Result, json,
    ranges::{At, Check as _},
};
use spikelet_data::{SpikeTrains, memory};
use spikelet_fields::fields;

use super::push_sample;

/// Saccades of a recording; they close a triangle.
const SACCADES: usize = 3;

/// The image v moves over a sensor of `size × size` along the sides of an isosceles triangle, each side in a third of the
/// steps at constant speed. With the log intensity `L = ln(v + dark)`, interpolated bilinearly and `ln(dark)` around the
/// image, a pixel whose L has changed by `threshold` or more since its last event emits one, of polarity 1 where it rose;
/// what it remembers moves on by the whole thresholds that were passed.
///
/// The unit of an event is `(polarity · size + x) · size + y`, as in recordings (spec 3.3).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct SaccadeCamera {
    /// Steps of the simulation.
    #[range(min = 3, max = 65535)]
    pub steps: u32,
    /// Height and width of the sensor, at least those of the image.
    #[range(min = 1, max = 256)]
    pub size: u32,
    /// Change of log intensity that gives an event.
    #[range(min = 0.01, max = 100)]
    pub threshold: f64,
    /// Intensity of a black pixel where a white one has `1 + dark`.
    #[range(min = 0.001, max = 1)]
    pub dark: f64,
}

impl Default for SaccadeCamera {
    fn default() -> Self {
        Self { steps: 300, size: 34, threshold: 0.5, dark: 0.1 }
    }
}

impl SaccadeCamera {
    /// Parses and validates options, for example `{"steps":300}`.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the field.
    // Compiled where it is called, and there for size.
    #[inline]
    pub fn from_json(text: &str) -> Result<Self> {
        let camera: Self = json::parse(text)?;
        camera.check(&At::path(""))?;
        Ok(camera)
    }

    /// Looks at images of grey values, `[sample][y][x]`, each `height × width`.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] when `pixels` is not a whole number of images or an image is larger than the sensor,
    /// [`crate::ErrorCode::ConfigInvalid`] where there is no memory for the events.
    pub fn record(&self, pixels: &[u8], height: usize, width: usize) -> Result<SpikeTrains> {
        let size = self.size as usize;
        if height == 0 || width == 0 || height > size || width > size {
            let message = format!("{height} × {width} must fit on the sensor of {size} × {size}");
            return Err(Error::shape("pixels", message));
        }
        if !pixels.len().is_multiple_of(height * width) {
            let message = format!("must be a whole number of images of {height} × {width}, got {} bytes", pixels.len());
            return Err(Error::shape("pixels", message));
        }
        let logs: Vec<f32> = (0..=255u8).map(|grey| libm::logf(f32::from(grey) / 255.0 + self.dark as f32)).collect();
        let path = self.path(size - height.max(width));
        let mut trains = SpikeTrains::new();
        for image in pixels.chunks_exact(height * width) {
            let scene = Scene::new(image, width, size, &logs);
            push_sample(&mut trains, &self.events(&scene, &path)?, "threshold")?;
        }
        Ok(trains)
    }

    /// Where the image's corner is after each step, and before the first: `[step] → (x, y)`, 0 to `margin`.
    fn path(&self, margin: usize) -> Vec<(f32, f32)> {
        let far = margin as f32;
        let corners = [(0.0, 0.0), (far / 2.0, far), (far, 0.0), (0.0, 0.0)];
        let steps = self.steps as usize;
        (0..=steps)
            .map(|step| {
                let side = (step * SACCADES / steps).min(SACCADES - 1);
                let share = (step * SACCADES - side * steps) as f32 / steps as f32;
                let ((x0, y0), (x1, y1)): ((f32, f32), (f32, f32)) = (corners[side], corners[side + 1]);
                (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
            })
            .collect()
    }

    fn events(&self, scene: &Scene, path: &[(f32, f32)]) -> Result<Vec<(u16, u32)>> {
        let size = self.size as usize;
        let threshold = self.threshold as f32;
        let mut seen = vec![0.0; size * size];
        scene.project(path[0], &mut seen);
        let mut remembered = seen.clone();
        let (mut events, mut rising) = (Vec::new(), Vec::new());
        for (step, &position) in (0u16..).zip(&path[1..]) {
            if events.try_reserve(size * size).is_err() {
                let bytes = (events.len() + size * size) * size_of::<(u16, u32)>();
                return Err(memory::missing(bytes as u64, "threshold", "the events of an image"));
            }
            scene.project(position, &mut seen);
            for (pixel, (&level, remembered)) in (0u32..).zip(seen.iter().zip(&mut remembered)) {
                let passed = ((level - *remembered) / threshold) as i32;
                if passed != 0 {
                    *remembered += passed as f32 * threshold;
                    if passed > 0 {
                        rising.push((step, (size * size) as u32 + pixel));
                    } else {
                        events.push((step, pixel));
                    }
                }
            }
            events.append(&mut rising);
        }
        Ok(events)
    }
}

/// The log intensities around and in an image, x slowest.
struct Scene {
    levels: Vec<f32>,
    /// Pixels of the sensor along each side.
    size: usize,
    /// Pixels of the scene along each side: the sensor can look at it from every position.
    extent: usize,
}

impl Scene {
    fn new(image: &[u8], width: usize, size: usize, logs: &[f32]) -> Self {
        // The corner goes from 0 to size − width, so that the sensor sees up to `size` pixels before it.
        let extent = 2 * size + 1;
        let mut levels = vec![logs[0]; extent * extent];
        for (y, row) in image.chunks_exact(width).enumerate() {
            for (x, &grey) in row.iter().enumerate() {
                levels[(size + 1 + x) * extent + size + 1 + y] = logs[usize::from(grey)];
            }
        }
        Self { levels, size, extent }
    }

    /// What the sensor sees, `[x][y]`, with the image's corner at `(x, y)`.
    fn project(&self, (x, y): (f32, f32), seen: &mut [f32]) {
        let (whole_x, whole_y) = (x as usize, y as usize);
        let (share_x, share_y) = (x - whole_x as f32, y - whole_y as f32);
        let Self { size, extent, .. } = *self;
        let mix = |a: f32, b: f32, share: f32| a * share + b * (1.0 - share);
        for (column, seen) in seen.chunks_exact_mut(size).enumerate() {
            let start = (size + column - whole_x) * extent + size - whole_y;
            let before = &self.levels[start..=start + size];
            let after = &self.levels[start + extent..=start + extent + size];
            for (k, level) in seen.iter_mut().enumerate() {
                *level = mix(mix(before[k], before[k + 1], share_y), mix(after[k], after[k + 1], share_y), share_x);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorCode;

    fn camera(text: &str) -> SaccadeCamera {
        SaccadeCamera::from_json(text).unwrap()
    }

    #[test]
    fn a_dot_is_seen_where_it_goes() {
        let camera = camera(r#"{"steps":6,"size":3,"threshold":1,"dark":0.1}"#);
        let path = camera.path(2);
        assert_eq!(path, [(0.0, 0.0), (0.5, 1.0), (1.0, 2.0), (1.5, 1.0), (2.0, 0.0), (1.0, 0.0), (0.0, 0.0)]);
        let trains = camera.record(&[255], 1, 1).unwrap();
        let (times, units) = trains.sample(0);
        let seen: Vec<(u16, u32, u32, u32)> =
            times.iter().zip(units).map(|(&t, &unit)| (t, unit / 9, unit % 9 / 3, unit % 3)).collect();
        // ln(1.1 / 0.1) = 2.4 passes the threshold twice, half of it once: (step, polarity, x, y).
        assert_eq!(
            seen,
            [
                (0, 0, 0, 0),
                (0, 1, 0, 1),
                (0, 1, 1, 1),
                (1, 0, 0, 1),
                (1, 0, 1, 1),
                (1, 1, 1, 2),
                (2, 0, 1, 2),
                (2, 1, 1, 1),
                (2, 1, 2, 1),
                (3, 0, 1, 1),
                (3, 0, 2, 1),
                (3, 1, 2, 0),
                (4, 0, 2, 0),
                (4, 1, 1, 0),
                (5, 0, 1, 0),
                (5, 1, 0, 0),
            ]
        );
    }

    #[test]
    fn a_blank_image_is_silent_and_a_sample_stands_alone() {
        let camera = camera("{}");
        let mut pixels = vec![0; 28 * 28];
        pixels.extend((0..28 * 28).map(|k| if k % 28 > 10 && k % 28 < 15 { 255 } else { 0 }));
        let trains = camera.record(&pixels, 28, 28).unwrap();
        assert_eq!(trains.sample(0).0.len(), 0);
        let alone = camera.record(&pixels[28 * 28..], 28, 28).unwrap();
        assert_eq!(trains.sample(1), alone.sample(0));
        let (times, units) = alone.sample(0);
        assert!(times.iter().all(|&time| time < 300) && units.iter().all(|&unit| unit < 2 * 34 * 34));
        // Each pixel ends as it began, so that rises and falls differ by less than what a crossing leaves over.
        let rises = units.iter().filter(|&&unit| unit >= 34 * 34).count();
        let imbalance = rises.abs_diff(units.len() - rises);
        assert!(rises > 500 && imbalance < units.len() / 10, "{rises} rises of {}", units.len());
    }

    #[test]
    fn errors_name_the_option() {
        let path = |text: &str| SaccadeCamera::from_json(text).unwrap_err().path;
        assert_eq!(path(r#"{"steps":2}"#), "steps");
        assert_eq!(path(r#"{"threshold":0}"#), "threshold");
        assert_eq!(path(r#"{"speed":1}"#), "speed");
        for (pixels, height, width) in [(35 * 35, 35, 35), (10, 3, 4), (0, 0, 0)] {
            let error = camera("{}").record(&vec![0; pixels], height, width).unwrap_err();
            assert_eq!((error.code, error.path.as_str()), (ErrorCode::ShapeMismatch, "pixels"));
        }
    }
}
