//! The data sets that a session holds, checked against its network when they come in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use spikelet_config::{Error, Result};
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_encode::{Encoding, Series};

use crate::guard::guard;
use crate::numbered::Numbered;
use crate::options::{DatasetDescriptor, InputKind};
use crate::wire::DatasetArrays;

/// Inputs and outputs of the network.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) steps: usize,
    /// Whether events of the input get to a max pool with no layer between.
    pub(crate) reaches_max_pool: bool,
}

/// Data sets by number; numbers are not used again.
#[derive(Debug, Default)]
pub(crate) struct Datasets {
    session: SessionNumber,
    held: Numbered<Held>,
}

#[derive(Debug)]
struct Held {
    dataset: Dataset,
    supplier: Supplier,
}

/// The kind of further samples of a data set, and the shape that they must fit.
#[derive(Clone, Debug)]
struct Supplier {
    descriptor: Arc<DatasetDescriptor>,
    shape: Shape,
}

/// Checks samples of a session's data sets while the session is at work.
#[derive(Clone, Debug)]
pub struct Suppliers {
    session: SessionNumber,
    /// By number of the data set.
    suppliers: Vec<Option<Supplier>>,
}

/// Samples that were checked and wait for their place in a data set.
#[derive(Debug)]
pub struct Samples {
    /// The data set that they are for.
    dataset: Identity,
    samples: Dataset,
}

/// A data set among those of all sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    session: SessionNumber,
    dataset: u32,
}

/// Numbers the sessions of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SessionNumber(u64);

impl Default for SessionNumber {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Suppliers {
    /// Checks samples of the data set `dataset`, and encodes them.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown data set, and as [`crate::Session::add_dataset`].
    pub fn prepare(&self, dataset: u32, arrays: DatasetArrays) -> Result<Samples> {
        let supplier = self.suppliers.get(dataset as usize).and_then(Option::as_ref);
        let Supplier { descriptor, shape } = supplier.ok_or_else(|| unknown("dataset", dataset))?;
        let samples = guard(|| build(descriptor, arrays, *shape))?;
        Ok(Samples { dataset: Identity { session: self.session, dataset }, samples })
    }
}

impl Datasets {
    pub(crate) fn add(&mut self, descriptor: &str, mut arrays: DatasetArrays, shape: Shape) -> Result<u32> {
        let descriptor = DatasetDescriptor::from_json(descriptor)?;
        check_classes(descriptor.classes.as_deref(), shape.outputs)?;
        let dataset = match descriptor.samples {
            None => build(&descriptor, arrays, shape)?,
            Some(samples) => {
                let labels = arrays.labels.take();
                build(&descriptor, arrays, shape)?.windowed(samples as usize, labels, shape.outputs)?
            }
        };
        Ok(self.held.add(Held { dataset, supplier: Supplier { descriptor: Arc::new(descriptor), shape } }))
    }

    /// Puts samples of the data set `id` in the place of those that were there.
    pub(crate) fn supply(&mut self, id: u32, rows: &[u32], arrays: DatasetArrays) -> Result<()> {
        let held = self.held.get_mut(id).ok_or_else(|| unknown("dataset", id))?;
        let Supplier { descriptor, shape } = &held.supplier;
        held.dataset.supply(rows, build(descriptor, arrays, *shape)?)
    }

    pub(crate) fn supply_prepared(&mut self, id: u32, rows: &[u32], given: Samples) -> Result<()> {
        let held = self.held.get_mut(id).ok_or_else(|| unknown("dataset", id))?;
        let Samples { dataset, samples } = given;
        if dataset != (Identity { session: self.session, dataset: id }) {
            return Err(Error::shape("samples", "were prepared for another data set, or by another session"));
        }
        held.dataset.supply(rows, samples)
    }

    pub(crate) fn suppliers(&self) -> Suppliers {
        let suppliers = self.held.iter().map(|held| held.map(|held| held.supplier.clone())).collect();
        Suppliers { session: self.session, suppliers }
    }

    pub(crate) fn remove(&mut self, id: u32) -> Result<()> {
        self.held.remove(id).map(drop).ok_or_else(|| unknown("dataset", id))
    }

    /// What the samples of the data set `id` are, an argument called `path`.
    pub(crate) fn descriptor(&self, path: &str, id: u32) -> Result<&DatasetDescriptor> {
        self.held.get(id).map(|held| &*held.supplier.descriptor).ok_or_else(|| unknown(path, id))
    }

    /// The data set `id`, an argument called `path`.
    pub(crate) fn find(&self, path: &str, id: u32) -> Result<&Dataset> {
        self.held.get(id).map(|held| &held.dataset).ok_or_else(|| unknown(path, id))
    }
}

/// Each output stands for one class.
fn check_classes(classes: Option<&[String]>, outputs: usize) -> Result<()> {
    match classes {
        Some(names) if names.len() != outputs => {
            let message = format!("has {} names, the network has {outputs} outputs", names.len());
            Err(Error::shape("classes", message))
        }
        _ => Ok(()),
    }
}

fn unknown(path: &str, id: u32) -> Error {
    Error::shape(path, format!("there is no data set {id}: it was never added, or removed"))
}

fn build(descriptor: &DatasetDescriptor, arrays: DatasetArrays, shape: Shape) -> Result<Dataset> {
    check_size(&descriptor.shape, shape.inputs)?;
    let DatasetArrays { offsets, times, units, pixels, values, rows, labels, counts, series, .. } = arrays;
    let DatasetArrays { target_offsets, target_times, target_units, .. } = arrays;
    let inputs = match (descriptor.inputs, &descriptor.encoding) {
        (InputKind::Series, Some(encoding)) => {
            let (Some(values), Some(offsets)) = (values, offsets) else {
                return Err(Error::shape("values", "signals need values and offsets"));
            };
            let channels = descriptor.channels.ok_or_else(|| Error::config("channels", "is missing"))? as usize;
            check_units(encoding, channels, shape.inputs)?;
            encoding.encode_series(&Series::new(&values, &offsets, channels)?, shape.steps)?
        }
        (InputKind::Images, Some(encoding)) => match (pixels, values) {
            (Some(pixels), None) => encoding.encode_pixels(&pixels, shape.inputs, shape.steps, rows.as_deref())?,
            (None, Some(values)) => encoding.encode(&values, shape.inputs, shape.steps, rows.as_deref())?,
            _ => return Err(Error::shape("pixels", "images need either pixels or values")),
        },
        _ => trains("events", (offsets, times, units, values), shape.steps, shape.inputs)?,
    };
    inputs.check_values(shape.reaches_max_pool, "events")?;
    let has_trains = target_offsets.is_some() || target_times.is_some() || target_units.is_some();
    let targets = match (labels, counts, series, has_trains) {
        (None, None, None, false) => Targets::None,
        (Some(labels), None, None, false) => Targets::Labels(labels),
        (None, Some(counts), None, false) => Targets::Counts(counts),
        (None, None, Some(values), false) => Targets::Series { steps: shape.steps, values },
        (None, None, None, true) => {
            let arrays = (target_offsets, target_times, target_units, None);
            Targets::Trains(trains("targets", arrays, shape.steps, shape.outputs)?)
        }
        _ => {
            return Err(Error::shape(
                "labels",
                "a data set has one kind of target: labels, counts, series or spike trains",
            ));
        }
    };
    Dataset::new(inputs, targets, shape.outputs)
}

/// A sample of another size may have a multiple of the inputs, or spikes only where the network has inputs too.
fn check_size(sizes: &[u32], inputs: usize) -> Result<()> {
    let units = sizes.iter().fold(1_u64, |product, &size| product.saturating_mul(u64::from(size)));
    if sizes.is_empty() || units == inputs as u64 {
        return Ok(());
    }
    let factors: Vec<String> = sizes.iter().map(u32::to_string).collect();
    let factors = if sizes.len() > 1 { format!(" ({})", factors.join(" × ")) } else { String::new() };
    Err(Error::shape("shape", format!("samples have {units} inputs{factors}, network.input is {inputs}")))
}

pub(crate) fn check_units(encoding: &Encoding, channels: usize, inputs: usize) -> Result<()> {
    let units = encoding.series_units(channels)?;
    if units == inputs {
        return Ok(());
    }
    let message = format!("makes {units} units of {channels} channels, network.input is {inputs}");
    Err(Error::shape("encoding", message))
}

type EventArrays = (Option<Vec<u32>>, Option<Vec<u16>>, Option<Vec<u32>>, Option<Vec<f32>>);

fn trains(path: &str, arrays: EventArrays, steps: usize, units: usize) -> Result<SpikeTrains> {
    match arrays {
        (Some(offsets), Some(times), Some(of_events), values) => {
            SpikeTrains::from_parts(&offsets, (times, of_events, values), steps, units, path)
        }
        _ => Err(Error::shape(path, "need offsets, times and units")),
    }
}
