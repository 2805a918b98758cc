import type { mnist } from "../../datasets/mnist.node.js";
import { encode } from "../../encode.js";
import { limitOf, none } from "./arguments.js";
import type { PublishedSet } from "./published.js";
import type { DataSet } from "./set.js";

/** Default encoding of grey values. */
export const IMAGES = encode.latency({ first: 0, last: 24 });

/** Images in four IDX files. */
export function images(about: string, load: typeof mnist, published: PublishedSet): DataSet {
  return {
    about,
    encoding: IMAGES,
    isRead: true,
    published,
    load: ({ dir, options, backend, ...limit }) => load({ ...limitOf(limit), dir: dir ?? "", backend }, ...none(options)),
  };
}
