import { readFileSync, realpathSync, statSync } from 'node:fs';
import type { LocalZone } from '../core/ports.ts';
import { zoneOf } from '../items/common/zone.ts';
import { posixRule, zoneLike } from './posix-zone.ts';

/** The file that says which zone the machine is in, where TZ does not. */
const LOCALTIME = '/etc/localtime';
/** The bytes of the header of a file of the zone database. */
const HEADER = 44;

/** TZ is ours, not what was given. */
let adopted = false;
/** What TZ was when the program started: children get it as it was. */
const given = process.env.TZ;

/** The name of a zone as this runtime knows it; undefined when it does not. */
const known = (name: string): string | undefined => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
};

/** A zone that shows the times of a POSIX rule. */
const byRule = (text: string): string | undefined => {
  const rule = posixRule(text);
  const offsetOf = (zone: string) => (at: number) => (zoneOf(zone).local(at) - at) / 1000;
  return rule && zoneLike(rule, new Date().getUTCFullYear(), Intl.supportedValuesOf('timeZone'), offsetOf);
};

/** The zone of a file of the zone database, by its place, or by the rule at its end. Throws when it cannot be read. */
const readZone = (path: string): string | undefined => {
  const real = realpathSync(path);
  const [, name] = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(real) ?? [];
  const zone = name === undefined ? undefined : known(name);
  if (zone !== undefined) return name;
  const bytes = readFileSync(real);
  if (bytes.length < HEADER) throw new Error(`${path} is cut off: it is shorter than the header of a time zone`);
  if (bytes.subarray(0, 4).toString('latin1') !== 'TZif') return undefined;
  // The rule stands between two line ends: in a file that is cut off the last line can be anything.
  const [, rule] = /\n([^\n]*)\n$/.exec(bytes.toString('latin1')) ?? [];
  return rule === undefined ? undefined : byRule(rule);
};

/** The same; undefined as well when it cannot be read. */
const byFile = (path: string): string | undefined => {
  try {
    return readZone(path);
  } catch {
    return undefined;
  }
};

/** The zone that a value of TZ means; undefined: none that is known. */
export const zoneOfTz = (tz: string): string | undefined => {
  const value = tz.startsWith(':') ? tz.slice(1) : tz;
  if (value === '') return 'UTC';
  if (value.startsWith('/')) return byFile(value);
  const name = value.replace(/^(?:posix|right)\//, '');
  // A rule with figures is not looked up as a name: some are both.
  if (/^[A-Za-z_+/-]+$/.test(name) || known(name) !== undefined) return known(name) === undefined ? undefined : name;
  return byRule(value);
};

/** What the machine says about its zone: changes when it is set. */
const machineState = (path: string): string => {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${realpathSync(path)} ${ino} ${mtimeMs} ${size}`;
  } catch {
    return '';
  }
};

/** Lets this runtime look at the zone again: it does so when TZ is set. */
const adopt = (zone: string | undefined): void => {
  adopted = zone !== undefined;
  process.env.TZ = zone ?? 'UTC';
  if (zone === undefined) delete process.env.TZ;
};

const name = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'unknown';

/** Whether local time is now that of the zone. */
const shows = (zone: string): boolean => {
  const year = new Date().getUTCFullYear();
  return Array.from({ length: 24 }, (_, month) => Date.UTC(year, month, 15)).every(
    (at) => zoneOf().local(at) === zoneOf(zone).local(at),
  );
};

/** Makes local time that of the machine. False: the zone is there, but cannot be read, and local time stays as it was. */
const followMachine = (path: string): boolean => {
  let zone: string | undefined;
  try {
    zone = readZone(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return false;
  }
  adopt(undefined);
  if (zone !== undefined && !shows(zone)) adopt(zone);
  return true;
};

/**
 * Makes local time what TZ means, also where this runtime would take it for another zone. Returns what is wrong with it, in
 * words.
 */
export const adoptZone = (): string | undefined => {
  if (given === undefined) return undefined;
  const zone = zoneOfTz(given);
  if (zone !== given) adopt(zone ?? 'UTC');
  return zone === undefined
    ? `TZ=${JSON.stringify(given)} is not a time zone that is known, nor a rule that one has: local time is UTC (expected a name such as Europe/Rome)`
    : undefined;
};

/** The zone of the machine, which may be set while the program runs. */
export const localZone = (path = LOCALTIME): LocalZone => {
  let state = machineState(path);
  return {
    look: () => {
      if (given !== undefined) return undefined;
      const now = machineState(path);
      if (now === state) return undefined;
      const from = name();
      // A zone that cannot be read, as in a shortage of descriptors, is looked at again.
      if (!followMachine(path)) return undefined;
      state = now;
      const to = name();
      return from === to ? undefined : { from, to };
    },
  };
};

/** A copy of our own environment, with TZ as it was given. */
export const withGivenZone = (environment: Record<string, string | undefined>): Record<string, string | undefined> => {
  const { TZ, ...others } = environment;
  if (!adopted) return { ...environment };
  return given === undefined ? others : { ...others, TZ: given };
};
