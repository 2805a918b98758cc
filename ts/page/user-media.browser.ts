import { SpikeletError } from "../errors.js";
import { untilAborted } from "../runtime/abort.js";

export type Device = "camera" | "microphone";

/** Why a device can't be had, by the name of the browser's error. */
const REASONS: Readonly<Record<string, string>> = {
  NotAllowedError: "may not be used: the visitor, the browser or the policy of the page does not allow it",
  SecurityError: "may not be used: the browser does not allow it in this page",
  NotFoundError: "is not there, or is none that suits",
  OverconstrainedError: "is not there, or is none that suits",
  NotReadableError: "can't be read: another program may use it",
  AbortError: "can't be read: another program may use it",
};

/**
 * Asks the visitor for a device.
 *
 * @throws {SpikeletError} `DEVICE_UNAVAILABLE` at the device where there is none that the page may use; the reason of the signal.
 */
export async function openMedia(
  device: Device,
  constraints: MediaStreamConstraints,
  signal: AbortSignal | undefined,
): Promise<MediaStream> {
  signal?.throwIfAborted();
  // Pages have it over https and at localhost alone, Node has none.
  const devices = globalThis.navigator?.mediaDevices as MediaDevices | undefined;
  if (devices?.getUserMedia === undefined) {
    throw unavailable(device, "is only there in a page that comes over https or from localhost");
  }
  const asked = devices.getUserMedia(constraints);
  try {
    return await untilAborted(asked, signal);
  } catch (thrown) {
    // The visitor may agree after an abort.
    asked.then(stopTracks).catch(() => undefined);
    if (signal?.aborted) throw thrown;
    const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
    throw unavailable(device, REASONS[name] ?? `can't be opened (${message})`, thrown);
  }
}

export function stopTracks(media: MediaStream): void {
  for (const track of media.getTracks()) track.stop();
}

/** A `DEVICE_UNAVAILABLE` error about a device. */
export function unavailable(device: string, why: string, cause?: unknown): SpikeletError {
  return new SpikeletError("DEVICE_UNAVAILABLE", device, why, cause);
}
