import { PbfWriter } from 'pbf';
import type { EventRecord, HparamsTag, SummaryValue } from './event-record.ts';

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
const VALUE = { number: 2, string: 3, boolean: 4 } as const;

const wrapped = (tag: HparamsTag, field: number, write: (to: PbfWriter) => void): SummaryValue => {
  const data = new PbfWriter();
  data.writeMessage(field, (_, to) => write(to), undefined);
  return { kind: 'hparams', tag, data: data.finish() };
};

const writeValue = (value: HparamValue, to: PbfWriter): void => {
  if (typeof value === 'number') to.writeDoubleField(VALUE.number, value);
  else if (typeof value === 'boolean') to.writeBooleanField(VALUE.boolean, value);
  else to.writeStringField(VALUE.string, value);
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
          entry.writeMessage(ENTRY.value, writeValue, value);
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
