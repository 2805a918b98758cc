/** The module of the worker in which a page computes. */
import { expose } from "comlink";
import { loadWasm } from "./wasm.js";
import { extrasWasmUrl as extrasBesideThis } from "./wasm-extras-url.js";
import { wasmUrl as besideThis } from "./wasm-url.js";
import { workerHost } from "./worker-host.js";

expose(workerHost((wasmUrl = besideThis, extrasWasmUrl = extrasBesideThis) => loadWasm(wasmUrl, "", () => extrasWasmUrl)));
