//! What callers see, but for the golden vectors: one program, so that the core is compiled into tests once.

mod convolutions;
mod delays;
mod determinism;
mod graph_edges;
mod initialization;
mod learnt;
mod local_batches;
mod plans;
mod properties;
mod quantization;
mod rules;
mod runs;
mod schema;
mod stream;
mod weight_bits;
mod wide_layers;
