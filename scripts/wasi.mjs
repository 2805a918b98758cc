#!/usr/bin/env -S node --no-warnings --no-flush-bytecode
// Runs a program that was compiled for wasm32-wasip1, with the files and the environment of this machine; cargo calls it for tests.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

// Node 20 crashes on the way back from a call of seconds when it has flushed the byte code of the caller meanwhile; hence the flag above.
const [program = "", ...args] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: [program, ...args], env: process.env, preopens: { "/": "/" } });
const { instance } = await WebAssembly.instantiate(readFileSync(program), wasi.getImportObject());
process.exitCode = wasi.start(instance);
