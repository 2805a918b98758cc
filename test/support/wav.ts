/** What a WAV file is to hold. */
export interface WavContent {
  /** `[channel][time]`, −1 to 1. */
  channels: readonly (readonly number[])[];
  sampleRate: number;
  /** 1 for whole numbers, 3 for floating-point numbers. */
  format: number;
  bits: number;
  isExtensible?: boolean;
}

/** The bytes of a WAV file, with a chunk of odd length before the sound. */
export function wav({ channels, sampleRate, format, bits, isExtensible = false }: WavContent): Uint8Array {
  const width = bits / 8;
  const times = channels[0]?.length ?? 0;
  const head = Buffer.alloc(isExtensible ? 40 : 16);
  head.writeUInt16LE(isExtensible ? 0xfffe : format, 0);
  head.writeUInt16LE(channels.length, 2);
  head.writeUInt32LE(sampleRate, 4);
  head.writeUInt32LE(sampleRate * channels.length * width, 8);
  head.writeUInt16LE(channels.length * width, 12);
  head.writeUInt16LE(bits, 14);
  if (isExtensible) head.writeUInt16LE(format, 24);
  const sound = Buffer.alloc(times * channels.length * width);
  for (const [channel, values] of channels.entries()) {
    for (const [time, value] of values.entries()) write(sound, (time * channels.length + channel) * width, value, format, bits);
  }
  const body = Buffer.concat([Buffer.from("WAVE"), chunk("fmt ", head), chunk("note", Buffer.from("odd")), chunk("data", sound)]);
  return Uint8Array.from(chunk("RIFF", body));
}

function write(into: Buffer, at: number, value: number, format: number, bits: number): void {
  if (format === 3) {
    if (bits === 32) into.writeFloatLE(value, at);
    else into.writeDoubleLE(value, at);
    return;
  }
  const whole = Math.min(2 ** (bits - 1) - 1, Math.round(value * 2 ** (bits - 1)));
  if (bits === 8) into.writeUInt8(whole + 128, at);
  else into.writeIntLE(whole, at, bits / 8);
}

function chunk(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8, name, "latin1");
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
