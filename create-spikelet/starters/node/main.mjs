import { save } from "spikelet";
import { learn, recognise, recording } from "./learning.mjs";

const { network, accuracy } = await learn((epoch, accuracy) => console.log(`epoch ${epoch}: ${accuracy}`));
console.log("accuracy", accuracy);
console.log("recording 601 is", await recognise(network, recording(601)));
await save("gestures.safetensors", await network.checkpoint());
