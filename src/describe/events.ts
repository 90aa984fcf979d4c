import type { EventSpec } from '../core/spec.ts';
import { checkWords } from './checks.ts';
import { duration, joined, shown } from './words.ts';

type Values = Readonly<Record<string, unknown>>;

const CHANGES = {
  create: 'created',
  modify: 'changed',
  remove: 'removed',
  rename: 'renamed',
} as const;
/** What counts where nothing is said: a rename is the removal of one name and the creation of another. */
const USUAL_CHANGES = ['create', 'modify', 'remove'] as const;

const fileWords = (values: Values): string => {
  const {
    watch,
    recursive,
    changes = USUAL_CHANGES,
    settle_ms,
    poll_seconds,
  } = values as {
    readonly watch: readonly string[];
    readonly recursive: boolean;
    readonly changes?: readonly (keyof typeof CHANGES)[];
    readonly settle_ms: number;
    readonly poll_seconds: number;
  };
  if (watch.length === 0) return 'nothing is watched, so it never happens';
  const kinds = joined(
    changes.map((kind) => CHANGES[kind]),
    'or',
  );
  const inside = `, or something ${recursive ? 'below' : 'directly in'} it,`;
  const settled = settle_ms > 0 ? `, once it has not changed for ${duration(settle_ms / 1000)}` : '';
  const polled = poll_seconds > 0 ? ` (looked at every ${duration(poll_seconds)})` : '';
  return `${joined(watch, 'or')}${inside} is ${kinds}${settled}${polled}`;
};

const busWords = (values: Values): string => {
  const {
    bus,
    rule,
    parameter_check: checks,
    parameter_check_all: all,
  } = values as {
    readonly bus: string;
    readonly rule: string;
    readonly parameter_check?: Parameters<typeof checkWords>[0];
    readonly parameter_check_all: boolean;
  };
  const held = checks && checks.length > 0 ? `, if ${checkWords(checks, all)}` : '';
  return `a message that fits ${shown(rule)} comes on the ${bus.slice(1)} bus${held}`;
};

/** When an event happens, by its type: a clause after "when". */
const WHEN: Readonly<Record<string, (values: Values, name: string) => string>> = {
  cli: (_, name) => `it is triggered ("whenever ctl trigger ${name}")`,
  fschange: fileWords,
  dbus: busWords,
  wmi: ({ query }) => `WMI reports a row of ${shown(String(query))}`,
};

/** When an event happens, as a clause. */
export const eventWords = ({ type, values, name }: EventSpec): string =>
  WHEN[type]?.(values, name) ?? `an event of type ${type} happens`;
