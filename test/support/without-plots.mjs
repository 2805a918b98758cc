// node --import: as if the packages that draw were not installed.
import { register } from "node:module";

const hooks = `export async function resolve(name, context, next) {
  if (name !== "@observablehq/plot" && name !== "linkedom/worker") return next(name, context);
  throw Object.assign(new Error("Cannot find package '" + name + "'"), { code: "ERR_MODULE_NOT_FOUND" });
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
