import { simulatedEvents as load } from "../../datasets/simulated-events.js";
import { SpikeletError } from "../../errors.js";
import { limitOf, placeOf, stepped } from "./arguments.js";
import { digits } from "./digits.js";
import { FOLDER_SETS, IMAGE_SETS } from "./folder-sets.js";
import type { DataSet } from "./set.js";

/** What the camera may look at. */
const SCENES: { readonly [name: string]: DataSet } = {
  digits,
  ...Object.fromEntries(IMAGE_SETS.map((name) => [name, FOLDER_SETS[name]])),
};

export const simulatedEvents: DataSet = {
  about: "a simulated event camera looks at the images of another set, options.of; digits by default",
  encoding: null,
  isRead: false,
  load: async ({ dir, options, steps, backend, signal, ...limit }) => {
    const { of = "digits", ...camera } = options;
    const scene = typeof of === "string" && Object.hasOwn(SCENES, of) ? SCENES[of] : undefined;
    if (scene === undefined) {
      throw new SpikeletError("CONFIG_INVALID", "of", `must be one of ${Object.keys(SCENES).join(", ")}`);
    }
    const place = placeOf(of as string, scene, dir);
    const images = await scene.load({ ...limitOf(limit), dir: place, options: {}, backend });
    return load(images, { ...stepped(camera, steps), backend, ...(signal ? { signal } : {}) });
  },
};
