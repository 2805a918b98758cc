//! Model files: a network with resolved constants, for programs that only run it. `docs/reference/model-file.md` describes the bytes.

use spikelet_config::loss::{Decision, Statistic};
use spikelet_config::{Config, EndSimulation, Error, Result};
use spikelet_data::memory::require;
use spikelet_network::model::{ModelWriter, Unwritable, WeightType, write_network};
use spikelet_network::network::Network;
use spikelet_quantization::{IntegerNetwork, Layer};

/// Version of the layout; a reader refuses any other.
const VERSION: usize = 2;
const MAGIC: usize = u32::from_le_bytes(*b"SPKM") as usize;
/// Bytes of magic, version, length and checksum.
const HEADER: usize = 16;

/// Names of sections; a reader refuses a file with an unknown one whose name begins with a capital.
mod section {
    pub(super) type Name = [u8; 4];

    pub(super) const NETWORK: Name = *b"NETW";
    pub(super) const DATA: Name = *b"info";
    pub(super) const INTEGERS: Name = *b"INTG";
}

/// The bytes of a model file of a network that `config` made; `data` is JSON of what it was trained on.
///
/// # Errors
/// `CONFIG_INVALID` at `weights` for a weight beyond what the type of weights holds, and where there is no memory for the file;
/// `NON_FINITE` for weights and biases that are not finite.
pub fn write_model(config: &Config, network: &Network, weights: WeightType, data: Option<&str>) -> Result<Vec<u8>> {
    let parameters: usize = network.shapes.iter().map(|shape| shape.weights()).sum();
    let bytes = parameters * 4 + data.map_or(0, str::len);
    // The file, its growth, and the weights of a connection.
    require(3 * bytes as u64, "weights", || "the model file".to_owned())?;
    let (mut to, start) = start(weights, bytes, section::NETWORK);
    write_run(config, network, &mut to);
    write_network(network, &mut to).map_err(|Unwritable { connection, value }| {
        let layer = network.layer_of(connection);
        if value.is_finite() {
            Error::config("weights", format!("float16 does not hold {value}, a weight of layer {layer}: take float32"))
        } else {
            Error::non_finite(format!("layers[{layer}]"), "has weights or biases that are not finite")
        }
    })?;
    end(start, &mut to);
    Ok(finished(to, data))
}

/// The bytes of a model file of a network of whole numbers; `data` as in [`write_model`].
///
/// # Errors
/// `CONFIG_INVALID` where there is no memory for the file.
pub fn write_integers(network: &IntegerNetwork, data: Option<&str>) -> Result<Vec<u8>> {
    let mut numbers = 0;
    for layer in &network.model().layers {
        if let Layer::Neurons(neurons) = layer {
            numbers += neurons.units + neurons.inputs.iter().map(|input| input.weights.len()).sum::<usize>();
        }
    }
    // Delays and the growth of the file are as much again.
    require(8 * numbers as u64, "integers", || "the model file".to_owned())?;
    let (mut to, start) = start(WeightType::Int8, numbers, section::INTEGERS);
    network.write(&mut to);
    end(start, &mut to);
    Ok(finished(to, data))
}

/// Begins a file and its first section, and returns where the contents of that start.
fn start(weights: WeightType, bytes: usize, section: section::Name) -> (ModelWriter, usize) {
    let mut to = ModelWriter::new(weights, bytes);
    to.words(&[MAGIC, VERSION, 0, 0]);
    let start = begin(section, &mut to);
    (to, start)
}

/// The file, with a section of what the network was trained on, its length and its checksum.
fn finished(mut to: ModelWriter, data: Option<&str>) -> Vec<u8> {
    if let Some(data) = data {
        let start = begin(section::DATA, &mut to);
        to.word(data.len() as u32);
        to.bytes.extend_from_slice(data.as_bytes());
        to.fill();
        end(start, &mut to);
    }
    let mut file = to.bytes;
    let (length, checksum) = (file.len() as u32, crc32(&file[HEADER..]));
    file[8..12].copy_from_slice(&length.to_le_bytes());
    file[12..HEADER].copy_from_slice(&checksum.to_le_bytes());
    file
}

/// Writes how long a sample runs and what is decided.
fn write_run(config: &Config, network: &Network, to: &mut ModelWriter) {
    let ends_early = config.loss.end_simulation() != EndSimulation::Off;
    let decision = match config.loss.decision() {
        Decision::None => 0,
        Decision::FirstSpike => 1,
        Decision::Count => 2,
        Decision::Membrane => 3,
    };
    let statistic = config.loss.membrane().map_or(0, |loss| match loss.statistic {
        Statistic::Mean => 0,
        Statistic::Max => 1,
        Statistic::Last => 2,
        Statistic::SoftmaxSum => 3,
        Statistic::Each => 4,
        Statistic::ExpMean => 5,
    });
    let refuses_values = network.input_reaches_max_pool();
    to.words(&[config.network.input.units(), network.steps]);
    to.words(&[usize::from(ends_early), usize::from(refuses_values), decision, statistic]);
    let membrane = config.loss.membrane();
    to.double(membrane.map_or(1.0, |loss| loss.inverse_temperature));
    to.double(membrane.map_or(0.0, |loss| loss.decay_rate.unwrap_or(1.0) / network.steps as f64));
}

/// Begins a section, and returns where its contents start.
fn begin(section: section::Name, to: &mut ModelWriter) -> usize {
    to.bytes.extend_from_slice(&section);
    to.word(0);
    to.bytes.len()
}

/// Ends a section: puts the number of its bytes before these.
fn end(start: usize, to: &mut ModelWriter) {
    let length = (to.bytes.len() - start) as u32;
    to.bytes[start - 4..start].copy_from_slice(&length.to_le_bytes());
}

/// CRC-32 as in ZIP and PNG files.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zip_files() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
