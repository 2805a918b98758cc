import { type DvsGestureOptions, dvsGesture as load } from "../../datasets/dvs-gesture.node.js";
import { stepped } from "./arguments.js";
import type { DataSet } from "./set.js";

export const dvsGesture: DataSet = {
  about: "gestures before an event camera, --data DIR with the unpacked archive, options stepLength and size",
  encoding: null,
  isRead: true,
  load: ({ dir, options, steps, signal, onProgress }) => {
    const how = { ...stepped(options, steps), ...(signal && { signal }), ...(onProgress && { onProgress }) };
    return load({ ...how, dir: dir ?? "" } as DvsGestureOptions);
  },
};
