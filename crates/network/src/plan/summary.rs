//! A plan in words: how errors reach a layer, what that costs, and what would be cheaper.

use serde::Serialize;

use super::{ErrorRoute, LayerPlan, OwnRoute, TimeRoute};
use crate::connection::LayerPass;

/// How a backward pass takes a layer, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanSummary {
    /// How S̄ reaches the layer.
    errors: &'static str,
    /// How T̄ reaches it.
    times: &'static str,
    /// How errors travel between its own units, in a recurrent layer.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<&'static str>,
    /// Terms of what the pass over the layer costs, without the weight gradient.
    cost: Vec<&'static str>,
    /// What would lower it: all that a cheaper route to the layer needs, then all that one within the layer does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cheaper: Vec<&'static str>,
}

impl PlanSummary {
    /// The summary of a layer of a graph, which keeps its adjoints of every step; the output has readers where it feeds others back.
    pub(super) fn of_graph(pass: &LayerPass<'_>, is_output: bool, is_read: bool) -> Self {
        let (has_errors, has_times) = (pass.factor != 0.0, pass.timing_weight != 0.0);
        let mut cost = vec!["units × steps"];
        if has_errors && is_read {
            cost.push("weights × steps");
        }
        if has_times && is_read {
            cost.push("weights × spikes");
        }
        let of = |is_there: bool, route: &'static str| match is_there {
            false => "none",
            true if is_output => "loss",
            true => route,
        };
        let (errors, times) = (of(has_errors, "product"), of(has_times, "rows"));
        Self { errors, times, within: None, cost, cheaper: Vec::new() }
    }

    /// The summary of a layer where errors at the output are broadcast to the others.
    pub(super) fn of_broadcast(is_output: bool) -> Self {
        let cost = if is_output { vec!["units × steps"] } else { vec!["units × steps", "units × outputs × steps"] };
        let errors = if is_output { "loss" } else { "broadcast" };
        Self { errors, times: "none", within: None, cost, cheaper: Vec::new() }
    }

    /// The summary of a layer; `next` are pass and plan of the next layer, `None` at the output.
    pub(super) fn new(pass: &LayerPass<'_>, plan: &LayerPlan, next: Option<(&LayerPass<'_>, &LayerPlan)>) -> Self {
        let has_activity_terms = next.is_some_and(|(next, _)| next.has_activity());
        let next = next.map(|(_, plan)| plan);
        let is_product_for_terms = has_activity_terms && next.is_some_and(|next| next.errors == ErrorRoute::Rows);
        let mut cost = vec!["units × steps"];
        let errors = match next.map(|next| next.errors) {
            None if pass.factor == 0.0 => "none",
            None => "loss",
            Some(ErrorRoute::None) => "none",
            Some(route) if route == ErrorRoute::Product || is_product_for_terms => {
                cost.push("weights × steps");
                "product"
            }
            Some(route) => {
                cost.push("units × injections");
                if route == ErrorRoute::Rows { "rows" } else { "carried" }
            }
        };
        let times = match next.map(|next| next.times) {
            None if pass.timing_weight == 0.0 => "none",
            None => "loss",
            Some(TimeRoute::None) => "none",
            Some(route) => {
                cost.push("weights × spikes");
                if route == TimeRoute::Listed { "listed" } else { "rows" }
            }
        };
        let within = match plan.own {
            OwnRoute::None => None,
            OwnRoute::Rows => {
                cost.push("recurrent weights × active units");
                Some("rows")
            }
            OwnRoute::ProductByLayer | OwnRoute::ProductByTile => {
                cost.push("recurrent weights × steps");
                Some("product")
            }
            OwnRoute::RowsByTile if pass.factor == 0.0 => {
                cost.push("recurrent weights × spikes");
                Some("rows")
            }
            OwnRoute::RowsByTile => {
                cost.push("recurrent weights × steps");
                Some("rowsOfAll")
            }
        };
        let terms: &[_] = if is_product_for_terms { &["no spikePenalty"] } else { &[] };
        let cheaper = [next.map_or(&[][..], |next| &next.needs), terms, &plan.own_needs].concat();
        Self { errors, times, within, cost, cheaper }
    }
}
