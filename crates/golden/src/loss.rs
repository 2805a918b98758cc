//! Losses and regularisers.

use serde_json::{Value, json};

use crate::switches::Switches;
use crate::{Unsupported, Untranslated, malformed};

pub(crate) fn loss(switches: &Switches, unsupported: &mut Unsupported) -> Result<Value, Untranslated> {
    let json = match switches.target_type.as_str() {
        "count" => json!({ "type": "count" }),
        "train" => json!({ "type": "spikeTrain", "kernelDecay": switches.alpha_exp }),
        "latency" => latency(switches),
        "membrane" | "trace" => switches.loss.clone(),
        other => return malformed(format!("no loss {other}")),
    };
    if switches.early_stop && switches.target_type != "latency" {
        unsupported.note(format!("early stop with the target {}", switches.target_type));
    }
    Ok(json)
}

/// Terms for the activity of hidden layers.
pub(crate) fn regularizers(switches: &Switches) -> Value {
    let mut json = json!({ "spikePenalty": switches.spike_penalty });
    if switches.rate_strength != 0.0 {
        json["rateBounds"] = json!({
            "lower": switches.rate_lower, "upper": switches.rate_upper, "strength": switches.rate_strength,
        });
    }
    json
}

fn latency(switches: &Switches) -> Value {
    let mut json = json!({
        "type": "latency",
        "inverseTemperature": switches.softmax_beta,
        "silentTargetPenalty": switches.lambda_nospike,
        "endSimulation": if switches.early_stop { "batch" } else { "off" },
    });
    if switches.label_smoothing != 0.0 {
        json["labelSmoothing"] = json!(switches.label_smoothing);
    }
    if let Some(weights) = &switches.class_weights {
        json["classWeights"] = json!(weights);
    }
    if switches.count_weight != 0.0 {
        json["targetCount"] = json!({
            "weight": switches.count_weight,
            "scope": switches.count_scope,
            "goal": switches.count_goal,
            "positive": switches.max_target_spikes,
            "negative": switches.min_target_spikes,
        });
    }
    json
}
