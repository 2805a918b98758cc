import type { Json } from "../../json.js";
import { Fields } from "./fields.js";

/** Texts and figures of the page of a study beside its results. */
export interface ReportConfig {
  /** One line, after the name of the study. */
  title?: string;
  /** The question, and what to know when reading the answer. */
  question?: string;
  /** The command that runs it. */
  command?: string;
  /** Whether it is a version for a quick look, which the page says. */
  isQuick?: boolean;
  /** Name of what `at` of the variants says. */
  axis?: string;
  /** Instead of learning curves and accuracy against spikes. */
  figures?: Figure[];
}

/** A figure of the results; measures are the columns of `results.csv`. */
export type Figure =
  | { type: "spread"; measure: string; title: string }
  | { type: "scatter"; x: string; y: string; title: string }
  | { type: "lines"; measure: string; title: string; isLogarithmic?: boolean }
  | { type: "epochs"; value: "loss" | "accuracy" | "spikes"; title: string };

const TEXTS = ["title", "question", "command", "axis"] as const;

/**
 * Checks `report` of a plan; that its measures exist is checked where they are known.
 *
 * @throws {SpikeletError} `CONFIG_INVALID` with the path of the field.
 */
export function parseReport(plan: Fields): ReportConfig {
  if (!plan.has("report")) return {};
  const fields = plan.object("report").only(...TEXTS, "isQuick", "figures");
  const report: ReportConfig = {};
  for (const name of TEXTS) if (fields.has(name)) report[name] = fields.text(name);
  if (fields.has("isQuick")) report.isQuick = fields.flag("isQuick");
  if (fields.has("figures")) {
    report.figures = fields.list("figures").map((one, k) => parseFigure(one, `${fields.at("figures")}[${k}]`));
  }
  return report;
}

function parseFigure(json: Json, path: string): Figure {
  const fields = new Fields(json, path);
  const type = fields.oneOf("type", ["spread", "scatter", "lines", "epochs"]);
  const title = fields.text("title");
  switch (type) {
    case "spread":
      return { type, title, measure: fields.only("type", "title", "measure").text("measure") };
    case "scatter":
      return { type, title, x: fields.only("type", "title", "x", "y").text("x"), y: fields.text("y") };
    case "lines": {
      const measure = fields.only("type", "title", "measure", "isLogarithmic").text("measure");
      return { type, title, measure, isLogarithmic: fields.flag("isLogarithmic") };
    }
    case "epochs":
      return { type, title, value: fields.only("type", "title", "value").oneOf("value", ["loss", "accuracy", "spikes"]) };
  }
}
