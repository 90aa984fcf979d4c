import { PbfWriter } from 'pbf';

/** What the hparams plugin takes as a value. */
export type HparamValue = number | boolean | string;
/** A configuration, flattened. */
export type Hparams = readonly (readonly [name: string, value: HparamValue])[];

// Numbers of fields in the plugin's `plugin_data.proto` and `api.proto`, and in `struct.proto`.
const DATA = { experiment: 2, sessionStart: 3, sessionEnd: 4 } as const;
const EXPERIMENT = { created: 3, hparam: 4 } as const;
const INFO = { name: 1, type: 4 } as const;
const TYPES = { string: 1, boolean: 2, number: 3 } as const;
const START = { hparams: 1, group: 4, started: 5 } as const;
const END = { status: 1, ended: 2 } as const;
const STATUS_SUCCESS = 1;
const ENTRY = { key: 1, value: 2 } as const;
const HPARAM_VALUE = { number: 2, string: 3, boolean: 4 } as const;

const wrapped = (tag: HparamsTag, field: number, write: (to: PbfWriter) => void): SummaryValue => {
  const data = new PbfWriter();
  data.writeMessage(field, (_, to) => write(to), undefined);
  return { kind: 'hparams', tag, data: data.finish() };
};

const writeHparam = (value: HparamValue, to: PbfWriter): void => {
  if (typeof value === 'number') to.writeDoubleField(HPARAM_VALUE.number, value);
  else if (typeof value === 'boolean') to.writeBooleanField(HPARAM_VALUE.boolean, value);
  else to.writeStringField(HPARAM_VALUE.string, value);
};

const experiment = (hparams: Hparams, seconds: number): SummaryValue =>
  wrapped('_hparams_/experiment', DATA.experiment, (to) => {
    to.writeDoubleField(EXPERIMENT.created, seconds);
    for (const [name, value] of hparams)
      to.writeMessage(
        EXPERIMENT.hparam,
        (_, info) => {
          info.writeStringField(INFO.name, name);
          info.writeVarintField(INFO.type, TYPES[typeof value as keyof typeof TYPES]);
        },
        undefined,
      );
  });

const sessionStart = (hparams: Hparams, seconds: number, group: string): SummaryValue =>
  wrapped('_hparams_/session_start_info', DATA.sessionStart, (to) => {
    for (const [name, value] of hparams)
      to.writeMessage(
        START.hparams,
        (_, entry) => {
          entry.writeStringField(ENTRY.key, name);
          entry.writeMessage(ENTRY.value, writeHparam, value);
        },
        undefined,
      );
    to.writeStringField(START.group, group);
    to.writeDoubleField(START.started, seconds);
  });

/** A configuration: which parameters there are, and the values of this session. `group`: equal for equal configurations. */
export const hparamsEvent = (hparams: Hparams, seconds: number, group: string): EventRecord => ({
  seconds,
  step: 0,
  values: [experiment(hparams, seconds), sessionStart(hparams, seconds, group)],
});

/** The session is over. */
export const sessionEndEvent = (seconds: number): EventRecord => {
  const end = wrapped('_hparams_/session_end_info', DATA.sessionEnd, (to) => {
    to.writeVarintField(END.status, STATUS_SUCCESS);
    to.writeDoubleField(END.ended, seconds);
  });
  return { seconds, step: 0, values: [end] };
};

/** The polynomial of Castagnoli, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  return remainder;
});

/** CRC-32C of RFC 3720, as an unsigned number of 32 bits. */
export const crc32c = (bytes: Uint8Array): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
};

/** The checksum as event files hold it: turned and shifted, so that a checksum of a checksum is not a weakness. */
export const maskedCrc32c = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

/** A value under a tag. */
export type SummaryValue =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  | { readonly kind: 'text'; readonly tag: string; readonly text: string }
  | { readonly kind: 'hparams'; readonly tag: HparamsTag; readonly data: Uint8Array };

/** The tags that the hparams plugin reads. */
type HparamsTag = `_hparams_/${'experiment' | 'session_start_info' | 'session_end_info'}`;

/** One entry of an event file. */
export interface EventRecord {
  /** Wall clock, seconds since 1970. */
  readonly seconds: number;
  readonly step: number;
  readonly values: readonly SummaryValue[];
}

// Numbers of fields and types in TensorBoard's `event.proto`, `summary.proto`, `tensor.proto` and `types.proto`.
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2, tensor: 8, metadata: 9 } as const;
const METADATA = { pluginData: 1, dataClass: 4 } as const;
const PLUGIN_DATA = { name: 1, content: 2 } as const;
const TENSOR = { dtype: 1, shape: 2, floatValue: 5, stringValue: 8 } as const;
const SHAPE = { dimension: 2 } as const;
const DIMENSION = { size: 1 } as const;
const DT_FLOAT = 1;
const DT_STRING = 7;
const CLASS_TENSOR = 2;

const encoder = new TextEncoder();

const writeMetadata = ({ plugin, content }: { plugin: string; content: Uint8Array }, to: PbfWriter): void => {
  to.writeMessage(
    METADATA.pluginData,
    (_, data) => {
      data.writeStringField(PLUGIN_DATA.name, plugin);
      if (content.length > 0) data.writeBytesField(PLUGIN_DATA.content, content);
    },
    undefined,
  );
  to.writeVarintField(METADATA.dataClass, CLASS_TENSOR);
};

const writeText = (text: string, to: PbfWriter): void => {
  to.writeVarintField(TENSOR.dtype, DT_STRING);
  // One text, not a list of them: no dimensions.
  to.writeBytesField(TENSOR.shape, new Uint8Array());
  to.writeBytesField(TENSOR.stringValue, encoder.encode(text));
};

/** The plugin needs a value where only the metadata counts. */
const writeNothing = (_: undefined, to: PbfWriter): void => {
  to.writeVarintField(TENSOR.dtype, DT_FLOAT);
  to.writeMessage(
    TENSOR.shape,
    (_none, shape) =>
      shape.writeMessage(SHAPE.dimension, (_n, dimension) => dimension.writeVarintField(DIMENSION.size, 1), undefined),
    undefined,
  );
  to.writePackedFloat(TENSOR.floatValue, [0]);
};

const writeValue = (value: SummaryValue, to: PbfWriter): void => {
  to.writeStringField(VALUE.tag, value.tag);
  switch (value.kind) {
    case 'scalar':
      to.writeFloatField(VALUE.simpleValue, value.value);
      return;
    case 'text':
      to.writeMessage(VALUE.tensor, writeText, value.text);
      to.writeMessage(VALUE.metadata, writeMetadata, { plugin: 'text', content: new Uint8Array() });
      return;
    case 'hparams':
      to.writeMessage(VALUE.tensor, writeNothing, undefined);
      to.writeMessage(VALUE.metadata, writeMetadata, { plugin: 'hparams', content: value.data });
  }
};

/** A length, its checksum, the bytes, their checksum. */
const framed = (data: Uint8Array): Uint8Array => {
  const record = Buffer.alloc(data.length + 16);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return record;
};

/** The entry that event files begin with. */
export const encodeHead = (seconds: number): Uint8Array => {
  const event = new PbfWriter();
  event.writeDoubleField(EVENT.wallTime, seconds);
  event.writeStringField(EVENT.fileVersion, 'brain.Event:2');
  return framed(event.finish());
};

/** An entry as bytes of an event file. */
export const encodeEvent = ({ seconds, step, values }: EventRecord): Uint8Array => {
  const event = new PbfWriter();
  event.writeDoubleField(EVENT.wallTime, seconds);
  if (step !== 0) event.writeVarintField(EVENT.step, step);
  event.writeMessage(
    EVENT.summary,
    (_, summary) => {
      for (const value of values) summary.writeMessage(SUMMARY.value, writeValue, value);
    },
    undefined,
  );
  return framed(event.finish());
};
