/**
 * A reader of TensorBoard's event files, written from the descriptions of the formats and sharing nothing with what writes them:
 * frames with a length and two masked checksums, protocol buffers inside. Anything unexpected throws.
 */

/** CRC-32C, bit by bit. */
export const castagnoli = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
};

const rotated = (crc: number): number => ((crc >>> 15) | (crc << 17)) >>> 0;
/** As it stands in the file. */
export const masked = (bytes: Uint8Array): number => (rotated(castagnoli(bytes)) + 0xa282ead8) % 2 ** 32;

/** The payloads of the frames. @throws Error that names the frame whose length or checksum is wrong */
export const frames = (file: Uint8Array): Uint8Array[] => {
  const found: Uint8Array[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at < file.length; ) {
    const name = `frame ${found.length} at ${at}`;
    if (at + 16 > file.length) throw new Error(`${name}: cut off`);
    const length = Number(view.getBigUint64(at, true));
    if (view.getUint32(at + 8, true) !== masked(file.subarray(at, at + 8)))
      throw new Error(`${name}: checksum of the length`);
    if (at + 16 + length > file.length) throw new Error(`${name}: cut off`);
    const data = file.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 12 + length, true) !== masked(data)) throw new Error(`${name}: checksum of the data`);
    found.push(data);
    at += 16 + length;
  }
  return found;
};

/** The fields of a message, in order: whole numbers as bigint, fixed ones and the rest as bytes. */
type Fields = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

const fieldsOf = (bytes: Uint8Array): Fields => {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('a number is cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error('a field is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  const values: Readonly<Record<number, () => bigint | Uint8Array>> = {
    0: varint,
    1: () => take(8),
    2: () => take(Number(varint())),
    5: () => take(4),
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const value = values[key & 7]?.();
    if (value === undefined) throw new Error(`a field of type ${key & 7}`);
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
};

const all = (fields: Fields, number: number): readonly Uint8Array[] =>
  (fields.get(number) ?? []) as readonly Uint8Array[];
const bytesOf = (fields: Fields, number: number): Uint8Array | undefined => all(fields, number).at(-1);
const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const double = (fields: Fields, number: number): number => {
  const bytes = bytesOf(fields, number);
  return bytes === undefined ? 0 : view(bytes).getFloat64(0, true);
};
const text = (fields: Fields, number: number): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(fields, number) ?? new Uint8Array());
const whole = (fields: Fields, number: number): number =>
  Number(BigInt.asIntN(64, (fields.get(number)?.at(-1) as bigint | undefined) ?? 0n));

/** What a value holds. */
export type Shown =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly text: string }
  | { readonly tag: string; readonly hparams: Readonly<Record<string, unknown>> };

/** One entry of the file. */
export interface ShownEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion?: string;
  readonly values: readonly Shown[];
}

/** A `Value` of struct.proto. */
const structValue = (bytes: Uint8Array): unknown => {
  const fields = fieldsOf(bytes);
  if (fields.has(2)) return double(fields, 2);
  if (fields.has(3)) return text(fields, 3);
  if (fields.has(4)) return whole(fields, 4) === 1;
  throw new Error('a value of a hyperparameter without a kind');
};

const TYPES = ['unset', 'string', 'bool', 'float64'];

const hparamsData = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  const fields = fieldsOf(bytes);
  if (whole(fields, 1) !== 0) throw new Error('version of the hparams data');
  const [experiment, start, end] = [2, 3, 4].map((n) => bytesOf(fields, n)).map((b) => b && fieldsOf(b));
  if (experiment)
    return {
      created: double(experiment, 3),
      hparams: Object.fromEntries(
        all(experiment, 4)
          .map(fieldsOf)
          .map((info) => [text(info, 1), TYPES[whole(info, 4)]]),
      ),
    };
  if (start)
    return {
      hparams: Object.fromEntries(
        all(start, 1)
          .map(fieldsOf)
          .map((entry) => [text(entry, 1), structValue(bytesOf(entry, 2)!)]),
      ),
      group: text(start, 4),
      started: double(start, 5),
    };
  if (end) return { status: whole(end, 1), ended: double(end, 2) };
  throw new Error('hparams data of no kind');
};

const shown = (bytes: Uint8Array): Shown => {
  const fields = fieldsOf(bytes);
  const tag = text(fields, 1);
  const simple = bytesOf(fields, 2);
  if (simple !== undefined) return { tag, scalar: view(simple).getFloat32(0, true) };
  const metadata = fieldsOf(bytesOf(fields, 9)!);
  const plugin = fieldsOf(bytesOf(metadata, 1)!);
  const tensor = fieldsOf(bytesOf(fields, 8)!);
  // DATA_CLASS_TENSOR: without it newer versions do not show the value.
  if (whole(metadata, 4) !== 2) throw new Error(`${tag}: class of the data`);
  if (!tensor.has(2)) throw new Error(`${tag}: the tensor has no shape`);
  const name = text(plugin, 1);
  if (name === 'text') {
    if (whole(tensor, 1) !== 7) throw new Error(`${tag}: a text is a tensor of strings`);
    return { tag, text: text(tensor, 8) };
  }
  if (name === 'hparams') return { tag, hparams: hparamsData(bytesOf(plugin, 2)!) };
  throw new Error(`${tag}: plugin "${name}"`);
};

/** Everything in an event file. */
export const readEventFile = (file: Uint8Array): ShownEvent[] =>
  frames(file).map((frame) => {
    const fields = fieldsOf(frame);
    const summary = bytesOf(fields, 5);
    return {
      wallTime: double(fields, 1),
      step: whole(fields, 2),
      ...(fields.has(3) ? { fileVersion: text(fields, 3) } : {}),
      values: summary === undefined ? [] : all(fieldsOf(summary), 1).map(shown),
    };
  });
