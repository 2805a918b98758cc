/** What may be wrong with a training. */
export const WARNING_CODES = [
  "RULE_WITHOUT_GRADIENT",
  "INITIAL_ACTIVITY",
  "LATE_INPUT",
  "SILENT_NETWORK",
  "SILENT_LAYER",
  "SILENT_OUTPUT",
  "SATURATED_LAYER",
  "VANISHING_SPIKES",
  "VANISHING_GRADIENT",
  "EXPLODING_GRADIENT",
  "FLAT_LOSS",
  "RISING_LOSS",
] as const;

export type WarningCode = (typeof WARNING_CODES)[number];

/** A warning: something seems to be wrong with the training. */
export interface Warning {
  code: WarningCode;
  /** Spiking layer from the input up, counted from 0; `null` for the network as a whole. */
  layer: number | null;
  /** What was observed. */
  message: string;
  /** The settings that usually help. */
  advice: string;
}

/** A warning before there is advice. */
export interface Sign extends Omit<Warning, "advice"> {
  code: Exclude<WarningCode, "RULE_WITHOUT_GRADIENT">;
}

/** Input spikes at or after the last step, which are not simulated. */
export interface LateInput {
  /** Fraction of all input spikes. */
  fraction: number;
  /** Steps with which none of them would be late. */
  steps: number;
}

/** What is known of the samples, for advice. */
export interface Circumstances {
  /** What an epoch learns from. */
  samples?: number | undefined;
  lateInput?: LateInput | undefined;
}
