//! Backward through a network that is no chain (spec 16).
//!
//! Blocks are taken from the last to the first; in a loop all layers take a step before the one before it.

use spikelet_network::aligned::Aligned;
use spikelet_network::connection::{BackwardRun, LayerPass, OutputErrors, PassContext, Sent, SourceSite};
use spikelet_network::graph::{Graph, Item, Origin};
use spikelet_network::plan::LayerPlan;
use spikelet_network::state::Adjoints;

use super::backpropagate::{SampleBackward, add_constants};
use super::graph_errors::{Behind, FlatErrors, GraphErrors, LayerErrors, Readers, SentBack};
use super::output_errors::FromLoss;
use super::workspace::Workspace;
use crate::rule::GradientPass;

/// The errors of readers are added before a layer is run, not asked for by its pass.
struct NoErrors;

impl OutputErrors for NoErrors {
    fn spike_error(&self, _number: usize, _factor: f32, error: &mut Aligned) {
        error.clear();
    }

    fn spike_times(&self, _number: usize, _timing: &mut Vec<f32>) {}

    fn projected(&self, _number: usize) -> Option<spikelet_kernels::SpikeError<'_>> {
        None
    }
}

impl SampleBackward<'_> {
    /// Pass number `index` over all layers of a graph.
    pub(super) fn run_graph(&mut self, graph: &Graph, pass: &GradientPass, index: usize) {
        let mut errors = std::mem::take(&mut self.work.graph_errors);
        errors.layers.resize_with(graph.inputs.len(), LayerErrors::default);
        for (flats, layouts) in [(&mut errors.connections, &graph.flats), (&mut errors.pools, &graph.pool_flats)] {
            flats.resize_with(layouts.len(), FlatErrors::default);
            flats.iter_mut().zip(layouts).for_each(|(errors, layout)| errors.start(layout.sites.len()));
        }
        let plans = &self.back.plans[index];
        let has_errors = !pass.broadcasts && pass.weights.iter().any(|weights| weights.activation != 0.0);
        for (layer, errors) in errors.layers.iter_mut().enumerate() {
            self.start_layer(graph, (pass, plans), layer, errors);
        }
        let end = self.work.gradient.end;
        for block in graph.blocks.iter().rev() {
            // Without the path through recurrence a loop is none on the way back.
            if block.is_loop && pass.follows_recurrence {
                self.run_loop(graph, (pass, index), (&block.items, has_errors), &mut errors);
                continue;
            }
            for &item in block.items.iter().rev() {
                match item {
                    Item::Layer(layer) => {
                        self.step_layer(graph, (pass, plans), (layer, false), (0, end), &mut errors);
                        self.finish_layer(graph, (pass, index), (layer, has_errors), &mut errors);
                    }
                    Item::Pool(pool) if has_errors => self.fill_pool(graph, (pass, pool, false), &mut errors),
                    Item::Pool(_) => {}
                }
            }
        }
        self.work.graph_errors = errors;
    }

    /// Takes the items of a loop back, all of them a step before the one before it.
    fn run_loop(
        &mut self,
        graph: &Graph,
        (pass, index): (&GradientPass, usize),
        (items, has_errors): (&[Item], bool),
        errors: &mut GraphErrors,
    ) {
        let plans = &self.back.plans[index];
        for to in (1..=self.work.gradient.end).rev() {
            for &item in items.iter().rev() {
                if let Item::Layer(layer) = item {
                    self.step_layer(graph, (pass, plans), (layer, true), (to - 1, to), errors);
                }
            }
        }
        for &item in items {
            if let Item::Layer(layer) = item {
                self.finish_layer(graph, (pass, index), (layer, has_errors), errors);
            }
        }
        for &item in items.iter().rev().filter(|_| has_errors) {
            if let Item::Pool(pool) = item {
                self.fill_pool(graph, (pass, pool, true), errors);
            }
        }
    }

    /// Sums what comes back for the outputs of a pool. In a loop it may come by way of the pool itself.
    fn fill_pool(
        &mut self,
        graph: &Graph,
        (pass, pool, is_loop): (&GradientPass, usize, bool),
        errors: &mut GraphErrors,
    ) {
        let end = self.work.gradient.end;
        let mut filled = std::mem::take(&mut errors.pools[pool]);
        let network = (self.back.network, graph);
        let steps = (end, pass.follows_recurrence);
        let mut of_reader = std::mem::take(&mut errors.of_reader);
        let readers = Readers::new(self.back.level, network, &self.work.forward, errors, steps);
        let layout = &graph.pool_flats[pool];
        for (number, (values, site)) in filled.values.iter_mut().zip(&layout.sites).enumerate() {
            values.clear();
            values.resize(end * site.lanes);
            if is_loop {
                readers.sum_site(Item::Pool(pool), (layout, site), values);
            } else {
                readers.add_site(Item::Pool(pool), (layout, number), 1.0, (values, &mut of_reader));
            }
        }
        errors.of_reader = of_reader;
        errors.pools[pool] = filled;
    }

    /// Writes the gradients of a layer whose pass is over, and sends its errors back where a layer reads them.
    fn finish_layer(
        &mut self,
        graph: &Graph,
        (pass, index): (&GradientPass, usize),
        (layer, has_errors): (usize, bool),
        errors: &mut GraphErrors,
    ) {
        for &connection in &graph.inputs[layer] {
            self.collect(graph, (pass, index), (layer, connection), &mut errors.layers[layer]);
            if has_errors && graph.sources[connection].iter().any(|source| source.origin != Origin::Input) {
                self.send_back(graph, (layer, connection), &mut errors.connections[connection]);
            }
        }
    }

    /// Makes S̄ of all units that a connection reads, with its weights or as a list.
    fn send_back(&mut self, graph: &Graph, (layer, connection): (usize, usize), errors: &mut FlatErrors) {
        let Self { back, work, .. } = self;
        let (forward, end) = (&mut work.forward, work.gradient.end);
        let here = &back.network.layers[connection];
        let mut state = std::mem::take(&mut forward.layers[connection].connection);
        let adjoints = &forward.layers[layer].adjoints;
        let sent = Sent { level: back.level, view: back.network.view(connection), adjoints, end };
        here.connection.prepare_error(&mut state, &sent, 1.0);
        if here.connection.routes().prepares && !graph.reads_loop(connection) && !back.is_observed {
            errors.sent = SentBack::Prepared;
            forward.layers[connection].connection = state;
            return;
        }
        let layout = &graph.flats[connection];
        for (number, (values, site)) in errors.values.iter_mut().zip(&layout.sites).enumerate() {
            let source = SourceSite { site, path: 0, arrival_of_lane: layout.lanes_of(site) };
            values.resize(end * site.lanes);
            here.connection.spike_error(&state, &sent, &source, 1.0, values);
            here.stages.send_back(&forward.layers[connection].stages, back.level, number, &source, values);
        }
        errors.sent = SentBack::Listed;
        forward.layers[connection].connection = state;
    }

    fn start_layer(
        &mut self,
        graph: &Graph,
        (pass, plan): (&GradientPass, &[LayerPlan]),
        layer: usize,
        errors: &mut LayerErrors,
    ) {
        let Self { back, work, .. } = self;
        let Workspace { forward, gradient, .. } = &mut **work;
        let view = back.network.view(layer);
        let here = &mut forward.layers[layer];
        let context = PassContext {
            level: back.level,
            view,
            plan: &plan[layer],
            pass: pass.at(layer, gradient.activity[layer].gradient()),
            end: gradient.end,
            errors: &NoErrors,
            units: &here.units,
            mixing: None,
            is_observed: back.is_observed,
        };
        here.adjoints.prepare(&context);
        let is_output = layer + 1 == graph.inputs.len();
        let loss = FromLoss { gradient, view, spikes: &here.spikes, end: gradient.end };
        let is_loop = pass.follows_recurrence && graph.is_in_loop(layer);
        errors.start(&context, is_output.then_some(&loss), is_loop);
    }

    fn step_layer(
        &mut self,
        graph: &Graph,
        (pass, plan): (&GradientPass, &[LayerPlan]),
        (layer, is_loop): (usize, bool),
        steps: (usize, usize),
        errors: &mut GraphErrors,
    ) {
        let Self { back, work, .. } = self;
        let Workspace { forward, gradient, broadcast, .. } = &mut **work;
        let end = gradient.end;
        let gradient_pass: LayerPass<'_> = pass.at(layer, gradient.activity[layer].gradient());
        // Taken out, so that its pass may read all other layers.
        let mut here = (std::mem::take(&mut forward.layers[layer].units), Adjoints::default());
        let context = PassContext {
            level: back.level,
            view: back.network.view(layer),
            plan: &plan[layer],
            pass: gradient_pass,
            end,
            errors: &NoErrors,
            units: &here.0,
            mixing: None,
            is_observed: back.is_observed,
        };
        let mut of_layer = std::mem::take(&mut errors.layers[layer]);
        let follows = (end, pass.follows_recurrence);
        if is_loop {
            let readers = Readers::new(back.level, (back.network, graph), forward, errors, follows);
            of_layer.add_steps(&context, (&readers, Item::Layer(layer)), steps);
            std::mem::swap(&mut here.1, &mut forward.layers[layer].adjoints);
            of_layer.run_steps(&context, steps, &mut here.1);
        } else {
            std::mem::swap(&mut here.1, &mut forward.layers[layer].adjoints);
            let mut of_reader = std::mem::take(&mut errors.of_reader);
            let is_output = layer + 1 == graph.inputs.len();
            let loss = FromLoss { gradient, view: context.view, spikes: &forward.layers[layer].spikes, end };
            let behind = if !pass.broadcasts {
                let readers = Readers::new(back.level, (back.network, graph), forward, errors, follows);
                Behind::Readers(readers, Item::Layer(layer))
            } else if is_output {
                Behind::Nothing
            } else {
                Behind::Broadcast(back.hidden_errors(layer, broadcast, end))
            };
            of_layer.run(&context, (is_output.then_some(&loss), &behind), &mut here.1, &mut of_reader);
            errors.of_reader = of_reader;
        }
        errors.layers[layer] = of_layer;
        (forward.layers[layer].units, forward.layers[layer].adjoints) = here;
        if pass.broadcasts && layer + 1 == graph.inputs.len() {
            self.take_broadcast();
        }
    }

    /// Writes a connection's part of the gradient.
    fn collect(
        &mut self,
        graph: &Graph,
        (pass, index): (&GradientPass, usize),
        (layer, connection): (usize, usize),
        errors: &mut LayerErrors,
    ) {
        let Self { back, work, result } = self;
        let Workspace { forward, gradient, scratch, .. } = &mut **work;
        let end = gradient.end;
        let here = &back.network.layers[connection];
        let view = back.network.view(connection);
        let mut state = std::mem::take(&mut forward.layers[connection].connection);
        let mut adjoints = std::mem::take(&mut forward.layers[layer].adjoints);
        let sent = forward.sent_to(graph, connection, back.input, back.steps);
        let stages = &forward.layers[connection].stages;
        let arriving = here.stages.arriving(stages, sent.into());
        let mixing = back.mixing(pass.weights[layer].gradient, index);
        let context = PassContext {
            level: back.level,
            view,
            plan: &back.plans[index][connection],
            pass: pass.at(layer, gradient.activity[layer].gradient()),
            end,
            errors: &NoErrors,
            units: &forward.layers[layer].units,
            mixing,
            is_observed: back.is_observed,
        };
        let gradient = &mut result.layers[connection];
        let mut run = BackwardRun { context, adjoints: &mut adjoints, scratch, gradient };
        here.connection.collect(&mut state, &mut run, arriving);
        here.stages.write_gradient(stages, &mut run);
        if connection == layer {
            add_constants(&view, run.adjoints, mixing, run.gradient);
            errors.state.write_bias(&run.context, run.gradient);
        }
        forward.layers[layer].adjoints = adjoints;
        forward.layers[connection].connection = state;
    }
}
