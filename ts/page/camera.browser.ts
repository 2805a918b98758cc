import { fields } from "../check/fields.js";
import { callback, flag, oneOf, positive, text } from "../check/values.js";
import { untilAborted } from "../runtime/abort.js";
import { abortSignal } from "../runtime/options.js";
import { imageOf, imageSize } from "./image-of.browser.js";
import { openMedia, stopTracks, unavailable } from "./user-media.browser.js";

/** Options of {@link openCamera}. */
export interface CameraOptions {
  /** Height and width of the images; `[32, 32]` by default. */
  size?: readonly [height: number, width: number];
  /** Whether images keep their colours, as 3 channels; `false` by default. */
  colour?: boolean;
  /** The camera towards the visitor or away from them, where there are both. */
  facing?: "user" | "environment";
  /** Camera by its `deviceId`, as `navigator.mediaDevices.enumerateDevices()` lists it. */
  deviceId?: string;
  /** Called where the camera ends by itself, as when it is unplugged. */
  onEnd?: () => void;
  /** Gives up before the camera is open. */
  signal?: AbortSignal;
}

const cameraOptions = fields<CameraOptions>({
  size: imageSize,
  colour: flag,
  facing: oneOf("user", "environment"),
  deviceId: text,
  onEnd: callback,
  signal: abortSignal,
});

const paceOptions = fields<{ perSecond?: number; signal?: AbortSignal }>({ perSecond: positive, signal: abortSignal });

/** A camera that is on. */
export class Camera implements Disposable {
  /** What the camera sees, to be put into the page or not. */
  readonly video: HTMLVideoElement;
  /** Shape of an image: `[height, width]` or `[3, height, width]`. */
  readonly shape: readonly number[];
  readonly #media: MediaStream;
  readonly #size: readonly [number, number];
  readonly #colour: boolean;
  #isOff = false;

  /** @internal Use {@link openCamera}. */
  constructor(media: MediaStream, video: HTMLVideoElement, size: readonly [number, number], colour: boolean) {
    this.video = video;
    this.shape = colour ? [3, ...size] : [...size];
    this.#media = media;
    this.#size = size;
    this.#colour = colour;
  }

  /**
   * Returns the image that the camera shows now, as bytes of {@link shape}.
   *
   * @throws {SpikeletError} `DEVICE_UNAVAILABLE` after {@link stop}.
   */
  image(): Uint8Array {
    if (this.#isOff) throw unavailable("camera", "is off");
    return imageOf(this.video, { size: this.#size, colour: this.#colour });
  }

  /**
   * Yields images at a pace, fewer where their reader is slower, until {@link stop} or an abort, which throws its reason.
   *
   * @param options `perSecond`, 20 by default.
   */
  async *images(options: { perSecond?: number; signal?: AbortSignal } = {}): AsyncGenerator<Uint8Array, void, void> {
    const { perSecond = 20, signal } = paceOptions(options, "");
    let due = performance.now();
    while (!this.#isOff) {
      signal?.throwIfAborted();
      yield this.image();
      due = Math.max(due + 1000 / perSecond, performance.now());
      await untilAborted(new Promise((resolve) => setTimeout(resolve, due - performance.now())), signal);
    }
  }

  /** Turns the camera off; a second call has no effect. */
  stop(): void {
    this.#isOff = true;
    stopTracks(this.#media);
    this.video.srcObject = null;
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}

/**
 * Turns the camera on. The browser asks the visitor.
 *
 * @throws {SpikeletError} `DEVICE_UNAVAILABLE` at `camera` where there is none that the page may use, `CONFIG_INVALID` for an invalid
 * option; the reason of the signal.
 */
export async function openCamera(options: CameraOptions = {}): Promise<Camera> {
  const { size = [32, 32], colour = false, facing, deviceId, onEnd, signal } = cameraOptions(options, "");
  // Images become small anyway.
  const shape = { width: { ideal: 320 }, height: { ideal: 240 } };
  const which = { ...(facing && { facingMode: facing }), ...(deviceId !== undefined && { deviceId: { exact: deviceId } }) };
  const media = await openMedia("camera", { video: { ...shape, ...which } }, signal);
  const video = document.createElement("video");
  const camera = new Camera(media, video, size, colour);
  try {
    video.muted = true;
    video.playsInline = true;
    video.srcObject = media;
    await untilAborted(video.play(), signal);
    if (!media.active) throw unavailable("camera", "has gone");
    for (const track of media.getTracks()) track.addEventListener("ended", () => onEnd?.());
    return camera;
  } catch (thrown) {
    camera.stop();
    throw thrown;
  }
}
