/** The module of the worker in which a page computes. */
import { expose } from "comlink";
import { loadWasm } from "./wasm.js";
import { wasmUrl as besideThis } from "./wasm-url.js";
import { workerHost } from "./worker-host.js";

expose(workerHost((wasmUrl = besideThis) => loadWasm(wasmUrl, "")));
