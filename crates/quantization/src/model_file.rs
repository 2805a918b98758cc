//! A network of whole numbers in a model file: `docs/reference/model-file.md` describes the bytes, section *Integer network*.

use spikelet_integer::{Connection, Delays, Input, Layer, Model, Neurons, Pool, PoolKind, Reset, Source, Window};
use spikelet_network::model::{ModelWriter, kind, node};

use crate::network::IntegerNetwork;

/// Kinds of connections, and what has delays.
mod connection {
    pub(super) const DENSE: usize = 0;
    pub(super) const CONVOLUTION: usize = 1;
    pub(super) const ONE_TO_ONE: usize = 2;

    pub(super) const NO_DELAYS: usize = 0;
    pub(super) const BY_INPUT: usize = 1;
    pub(super) const BY_CONNECTION: usize = 2;
}

impl IntegerNetwork {
    /// Writes the contents of its section.
    pub fn write(&self, to: &mut ModelWriter) {
        let model = self.model();
        let statistic = self.statistic().map_or(0, |statistic| 1 + statistic as usize);
        to.words(&[model.inputs, self.steps(), statistic, model.state_bits.count() as usize, model.layers.len()]);
        for layer in &model.layers {
            match layer {
                Layer::Neurons(neurons) => write_neurons(neurons, model, to),
                Layer::Pool(pool) => write_pool(pool, to),
            }
        }
    }
}

fn write_pool(pool: &Pool, to: &mut ModelWriter) {
    let channels = pool.inputs / pool.window.input();
    // What counts pass through has windows of one unit.
    to.words(&[if pool.kind == PoolKind::Max { node::MAX_POOL } else { node::AVERAGE_POOL }]);
    write_window(&pool.window, channels, channels, to);
    write_sources(&pool.sources, to);
}

fn write_sources(sources: &[Source], to: &mut ModelWriter) {
    to.words(&[sources.len()]);
    for source in sources {
        to.words(&[source.layer.map_or(0, |layer| layer + 1), usize::from(source.is_feedback), 0]);
    }
}

fn write_window(window: &Window, channels: usize, groups: usize, to: &mut ModelWriter) {
    to.words(&[channels, groups]);
    for axis in [window.rows, window.columns] {
        to.words(&[axis.input, axis.output, axis.taps, axis.stride, axis.dilation, axis.padding]);
    }
}

fn write_neurons(neurons: &Neurons, model: &Model, to: &mut ModelWriter) {
    let filters = neurons.units / neurons.places;
    let (mut kind, mut reset, mut refractory) = (kind::LEAKY, Reset::None, 0);
    let mut constants = vec![&neurons.current_decay, &neurons.membrane_decay];
    if let Some(firing) = &neurons.firing {
        (kind, reset, refractory) = (kind::LIF, firing.reset, firing.refractory);
        constants.push(&firing.threshold);
        if let Some(adaptation) = &firing.adaptation {
            kind = kind::ALIF;
            constants.extend([&adaptation.decay, &adaptation.strength]);
        }
    }
    let are_shared = constants.iter().all(|values| values.iter().all(|value| *value == values[0]));
    let count = if are_shared { 1 } else { filters };
    to.words(&[node::LAYER, filters, neurons.places, kind, reset as usize, refractory as usize, count]);
    to.words(&[neurons.weight_shift as usize, neurons.current_shift as usize]);
    for values in constants {
        to.integers(&values[..count]);
    }
    to.integers(&neurons.bias);
    to.words(&[neurons.inputs.len()]);
    for input in &neurons.inputs {
        write_input(input, neurons, model, to);
    }
}

fn write_input(input: &Input, neurons: &Neurons, model: &Model, to: &mut ModelWriter) {
    let units = |source: &Source| source.layer.map_or(model.inputs, |layer| model.layers[layer].units());
    write_sources(&input.sources, to);
    let (mut steps, mut sharing): (&[i32], _) = (&[], 1);
    match &input.connection {
        Connection::Dense(delays) => {
            let by = match delays {
                Delays::None => connection::NO_DELAYS,
                Delays::ByInput(_) => connection::BY_INPUT,
                Delays::ByConnection(_) => connection::BY_CONNECTION,
            };
            if let Delays::ByInput(all) | Delays::ByConnection(all) = delays {
                steps = all;
            }
            to.words(&[by, connection::DENSE, units(&input.sources[0])]);
        }
        Connection::Convolution(convolution) => {
            let groups = neurons.units / neurons.places / convolution.channels;
            let channels = groups * convolution.source_channels;
            let window = &convolution.window;
            to.words(&[connection::NO_DELAYS, connection::CONVOLUTION, channels * window.input()]);
            write_window(window, channels, groups, to);
        }
        Connection::OneToOne(shared) => {
            sharing = *shared;
            to.words(&[connection::NO_DELAYS, connection::ONE_TO_ONE, neurons.units]);
        }
    }
    for &step in steps {
        to.shorts(&[step as u16]);
    }
    to.fill();
    for &weight in &input.weights {
        to.bytes.resize(to.bytes.len() + sharing, weight as u8);
    }
    to.fill();
}
