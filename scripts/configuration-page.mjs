// The reference of the configuration, from its schema: run by `npm run codegen`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./stamps.mjs";
import { wrapped } from "./wrap.mjs";

/**
 * What a JSON schema says here.
 *
 * @typedef {{
 *   $ref?: string, $defs?: Record<string, Schema>, description?: string, default?: unknown, const?: unknown, type?: string | string[],
 *   properties?: Record<string, Schema>, required?: string[], oneOf?: Schema[], anyOf?: Schema[], items?: Schema, minItems?: number,
 *   maxItems?: number, minimum?: number, maximum?: number, exclusiveMinimum?: number, exclusiveMaximum?: number,
 * }} Schema
 */

export const PAGE = join(ROOT, "docs/reference/configuration.md");

const HEAD = `# Configuration

<!-- Made from spikelet.schema.json by \`npm run codegen\`: do not edit. -->

A configuration is a JSON object: the first argument of \`createTrainer\` and \`createNetwork\`, or the file of \`--config\`. Only \`network\` is
required; whatever is left out has its default. \`--set PATH=VALUE\` changes one setting, as in \`--set training.epochs=5\` or
\`--set 'network.layers[0].units=100'\`. With \`"$schema": "./node_modules/spikelet/spikelet.schema.json"\` in the file an editor completes and checks
it. \`$schema\` and \`data\` are of the file alone: in TypeScript leave them out, as in \`const { data, $schema, ...config } = JSON.parse(text)\`. Tables name settings from the path above them on. Numbers in brackets, as (spec 4.2), are sections of the [specification](specification.md).
`;

const ORDER = ["network", "rule", "loss", "regularizers", "optimizer", "schedule", "training", "data"];
/** How a description ends that states its range. */
const RANGE = /, (at least [\d.]+|above [\d.]+( and (below|at most) [\d.]+)?|[\d.]+ to (below )?[\d.]+)(?=[.;])/g;
/** Limits of the number's representation, which say nothing. */
const LARGEST = new Set([4294967295, 3.4028234663852886e38, -3.4028234663852886e38, Number.MAX_SAFE_INTEGER]);

/**
 * Text of the page.
 *
 * @param {Schema} schema
 */
function configurationPage(schema) {
  const { properties = {}, $defs = {} } = schema;
  const names = Object.keys(properties).filter((name) => !name.startsWith("$"));
  const sections = [...ORDER.filter((name) => names.includes(name)), ...names.filter((name) => !ORDER.includes(name))];
  return `${HEAD}\n${sections.map((name) => new Section($defs, name, properties[name] ?? {}).text).join("\n")}`;
}

/** One block of the configuration: its table, and further ones for settings that are objects of their own. */
class Section {
  /** @type {Map<string, Schema>} objects that get a table of their own, by path */
  #further = new Map();
  #defs;
  text;

  /**
   * @param {Record<string, Schema>} defs
   * @param {string} name
   * @param {Schema} schema
   */
  constructor(defs, name, schema) {
    this.#defs = defs;
    const parts = this.#part("##", name, schema);
    for (const [path, object] of this.#further) parts.push(...this.#part("###", path, object));
    this.text = parts.join("\n");
  }

  /**
   * @param {string} level
   * @param {string} path
   * @param {Schema} schema
   * @returns {string[]}
   */
  #part(level, path, schema) {
    const own = this.#resolved(schema);
    const head = [`${level} \`${path}\``, "", sentence(schema.description ?? own.description), ""];
    const choices = choicesOf(own);
    if (choices.length === 0) return [...head, ...this.#table(path, own)];
    const chosen = /** @type {{ type?: string } | undefined} */ (schema.default)?.type;
    return [
      ...head,
      ...choices.flatMap((choice) => {
        const { type, ...properties } = choice.properties ?? {};
        const title = `**\`"type": "${type?.const}"\`**${type?.const === chosen ? " (default)" : ""}: ${sentence(choice.description)}`;
        return [title, "", ...this.#table(path, { ...choice, properties }, true)];
      }),
    ];
  }

  /**
   * @param {string} path
   * @param {Schema} schema
   * @param {boolean} [isChoice] one of several: objects within it are told of once, in tables of their own
   */
  #table(path, schema, isChoice = false) {
    const rows = this.#rows(path, schema, isChoice, path);
    return rows.length === 0 ? [] : ["| setting | value | default | meaning |", "|---|---|---|---|", ...rows, ""];
  }

  /**
   * @param {string} path
   * @param {Schema} schema
   * @param {boolean} isChoice
   * @param {string} table path that its settings are named from
   * @returns {string[]}
   */
  #rows(path, { properties = {}, required = [] }, isChoice, table) {
    return Object.entries(properties).flatMap(([key, property]) => {
      const own = this.#resolved(property);
      const inner = this.#inner(property);
      const at = itemPath(`${path}.${key}`, own);
      const isApart = choicesOf(inner).length > 0 || (isChoice && inner.properties !== undefined);
      if (isApart && !this.#further.has(at)) this.#further.set(at, { ...inner, description: property.description ?? "" });
      const value = isApart ? this.#link(at, own, inner) : this.#value(property);
      const row = `| \`${`${path}.${key}`.slice(table.length + 1)}\` | ${value} | ${defaultOf(property, required.includes(key))} | ${cell(this.#about(property))} |`;
      return isApart || inner.properties === undefined ? [row] : [row, ...this.#rows(at, inner, isChoice, table)];
    });
  }

  /**
   * What a setting with a table of its own may be.
   *
   * @param {string} at
   * @param {Schema} own
   * @param {Schema} inner
   */
  #link(at, own, inner) {
    const name = choicesOf(inner).length > 0 ? "one of several" : "object";
    const none = own.anyOf?.some(({ type }) => type === "null") ? ", `null`" : "";
    return `${own.items === undefined ? "" : "list, each "}[${name}](#${slug(at)})${none}`;
  }

  /** The object that a setting, or each item of its list, is.
   * @param {Schema} schema
   * @returns {Schema} */
  #inner(schema) {
    const own = this.#resolved(schema);
    const forms = own.anyOf?.map((one) => this.#resolved(one));
    const form = forms?.find((one) => one.properties !== undefined || choicesOf(one).length > 0);
    return form ?? (own.items === undefined ? own : this.#resolved(own.items));
  }

  /**
   * What a setting may be.
   *
   * @param {Schema} schema
   * @param {string} [plural]
   * @returns {string}
   */
  #value(schema, plural = "") {
    const own = this.#resolved(schema);
    if (own.const !== undefined) return `\`${JSON.stringify(own.const)}\``;
    const forms = own.oneOf ?? own.anyOf;
    if (forms !== undefined) return forms.map((form) => this.#value(form)).join(", ");
    return [own.type]
      .flat()
      .map((type) => this.#plain(own, type, plural))
      .join(", ");
  }

  /**
   * @param {Schema} own
   * @param {string | undefined} type
   * @param {string} plural
   */
  #plain(own, type, plural) {
    const [[key, only] = [], ...others] = Object.entries(own.properties ?? {});
    switch (type) {
      case "integer":
      case "number":
        return `${type === "integer" ? "whole number" : "number"}${plural}${rangeOf(own)}`;
      case "array":
        return this.#list(own);
      case "boolean":
        return "`true`, `false`";
      case "null":
        return "`null`";
      case "object":
        return only !== undefined && others.length === 0 ? `\`{ "${key}": … }\`${rangeOf(only)}` : "object";
      default:
        return type ?? "any";
    }
  }

  /**
   * @param {Schema} own
   */
  #list({ items = {}, minItems }) {
    const item = this.#resolved(items);
    if (item.properties !== undefined || choicesOf(item).length > 0) return "list";
    return `list of ${minItems ?? ""} ${this.#value(item, "s").replaceAll(", ", " / ")}`.replace("  ", " ");
  }

  /** What a setting means, with the meaning of each value that has a name.
   * @param {Schema} schema */
  #about(schema) {
    const own = this.#resolved(schema);
    const named = (own.oneOf ?? []).filter(
      (form) => form.const !== undefined || (form.type === "object" && choicesOf(own).length === 0),
    );
    const values = named.map((form) => {
      const name = form.const === undefined ? Object.keys(form.properties ?? {})[0] : String(form.const);
      return `\`${name}\`: ${sentence(form.description)}`;
    });
    return [sentence(schema.description ?? own.description), ...values].join("<br>");
  }

  /**
   * @param {Schema} schema
   * @returns {Schema}
   */
  #resolved(schema) {
    const { $ref } = schema;
    return $ref === undefined ? schema : (this.#defs[$ref.replace("#/$defs/", "")] ?? {});
  }
}

/** The objects that a setting may be, told apart by their `type`.
 * @param {Schema} schema */
function choicesOf({ oneOf = [] }) {
  return oneOf.filter(({ properties }) => properties?.["type"]?.const !== undefined);
}

/**
 * @param {string} at
 * @param {Schema} own
 */
function itemPath(at, own) {
  return own.items === undefined ? at : `${at}[]`;
}

/** @param {Schema} schema */
function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
  if (shown(minimum) && shown(maximum) && exclusiveMinimum === undefined) return ` from ${minimum} to ${maximum}`;
  const from = exclusiveMinimum !== undefined ? `> ${exclusiveMinimum}` : shown(minimum) ? `≥ ${minimum}` : "";
  const to = exclusiveMaximum !== undefined ? `< ${exclusiveMaximum}` : shown(maximum) ? `≤ ${maximum}` : "";
  const range = [from, to].filter((text) => text !== "").join(" and ");
  return range === "" ? "" : ` ${range}`;
}

/** @param {number | undefined} limit */
function shown(limit) {
  return limit !== undefined && !LARGEST.has(limit);
}

/**
 * @param {Schema} schema
 * @param {boolean} isRequired
 */
function defaultOf(schema, isRequired) {
  if (isRequired) return "required";
  const { default: value } = schema;
  return value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value))
    ? ""
    : `\`${JSON.stringify(value)}\``;
}

/** A description on one line, without the range, which stands in a column of its own.
 * @param {string | undefined} text */
function sentence(text = "") {
  return text
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll(RANGE, "")
    .trim();
}

/** A bar would end the cell.
 * @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|");
}

/** As GitHub and the site name headings.
 * @param {string} heading */
function slug(heading) {
  return heading.toLowerCase().replaceAll(/[^\w-]/g, "");
}

/** Text of the page from the committed schema. */
export function currentPage() {
  return wrapped(configurationPage(JSON.parse(readFileSync(join(ROOT, "spikelet.schema.json"), "utf8"))));
}

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, currentPage());
