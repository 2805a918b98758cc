import { encode } from "../../encode.js";

/** Default encoding of grey values. */
export const IMAGES = encode.latency({ first: 0, last: 24 });
