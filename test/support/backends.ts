/** What a group of tests computes with: `native` in `npm test`, `wasm` in `npm run test:all`; scripts/groups.mjs sets it. */
export const BACKENDS = [process.env["SPIKELET_TEST_BACKEND"] === "wasm" ? "wasm" : "native"] as const;
