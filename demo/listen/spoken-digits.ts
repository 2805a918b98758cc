import { enable, onPress } from "../page/button.js";
import { byId } from "../page/element.js";
import eight from "./recordings/eight.wav?url";
import five from "./recordings/five.wav?url";
import four from "./recordings/four.wav?url";
import nine from "./recordings/nine.wav?url";
import one from "./recordings/one.wav?url";
import seven from "./recordings/seven.wav?url";
import six from "./recordings/six.wav?url";
import three from "./recordings/three.wav?url";
import two from "./recordings/two.wav?url";
import zero from "./recordings/zero.wav?url";

/** A WAV file, which may have to be fetched first. */
export interface Recording {
  readonly name: string;
  load(): Promise<Blob>;
}

const ADDRESSES = { zero, one, two, three, four, five, six, seven, eight, nine };

/** A button for each of ten recordings, for those without a microphone. */
export class SpokenDigits {
  constructor(open: (recordings: readonly Recording[]) => void) {
    for (const button of byId("spoken", HTMLElement).querySelectorAll("button")) {
      const digit = button.textContent as keyof typeof ADDRESSES;
      const address = ADDRESSES[digit];
      enable(button, true);
      onPress(button, () => {
        play(address);
        open([{ name: `the recording of “${digit}”`, load: () => fetched(address) }]);
      });
    }
  }
}

/** Lets the visitor hear it too, where there is an output for sound. */
function play(address: string): void {
  new Audio(address).play().catch(() => undefined);
}

async function fetched(address: string): Promise<Blob> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`it can't be loaded: ${response.status}`);
  return response.blob();
}
