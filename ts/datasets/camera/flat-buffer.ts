/** Reads tables of a size-prefixed FlatBuffer; every access is checked against its end. */
export class FlatBuffer {
  readonly #view: DataView;

  /** @param bytes from the size on. */
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The four letters that say what is in it. */
  get identifier(): string {
    return String.fromCharCode(...[8, 9, 10, 11].map((at) => this.#view.getUint8(at)));
  }

  /** Place of a field of the root table; `undefined` where it has its default. */
  fieldAt(field: number): number | undefined {
    const table = 4 + this.#view.getUint32(4, true);
    const offsets = table - this.#view.getInt32(table, true);
    const place = 4 + 2 * field;
    if (place + 2 > this.#view.getUint16(offsets, true)) return undefined;
    const offset = this.#view.getUint16(offsets + place, true);
    return offset === 0 ? undefined : table + offset;
  }

  int32(field: number, otherwise: number): number {
    const at = this.fieldAt(field);
    return at === undefined ? otherwise : this.#view.getInt32(at, true);
  }

  int64(field: number, otherwise: number): number {
    const at = this.fieldAt(field);
    return at === undefined ? otherwise : Number(this.#view.getBigInt64(at, true));
  }

  /** Structures of a vector, each of `size` bytes, as views. */
  *structures(field: number, size: number): Generator<DataView> {
    const at = this.fieldAt(field);
    if (at === undefined) return;
    const vector = at + this.#view.getUint32(at, true);
    const count = this.#view.getUint32(vector, true);
    const start = vector + 4;
    if (start + size * count > this.#view.byteLength) throw new RangeError(`${count} structures reach beyond the end`);
    for (let k = 0; k < count; k++) yield new DataView(this.#view.buffer, this.#view.byteOffset + start + k * size, size);
  }
}
