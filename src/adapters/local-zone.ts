import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import type { LocalZone } from '../core/ports.ts';
import { codeOf, messageOf } from '../error-message.ts';
import { nearestZone, zoneOf } from '../items/common/zone.ts';
import { posixRule, zoneLike } from './posix-zone.ts';

/** The bytes of the header of a file of the zone database. */
const HEADER = 44;
/** Where the counts are in it. */
const COUNTS = 20;

/** Where a part of the file ends: its header and its data. @param width bytes of an instant. */
const endOfPart = (bytes: Buffer, start: number, width: number): number => {
  if (bytes.length < start + HEADER) return Number.POSITIVE_INFINITY;
  const count = (place: number) => bytes.readUInt32BE(start + COUNTS + 4 * place);
  const [utc, standard, leaps, times, types, letters] = [0, 1, 2, 3, 4, 5].map(count) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const data = times * (width + 1) + types * 6 + letters + leaps * (width + 4) + standard + utc;
  return start + HEADER + data;
};

/**
 * The rule at the end of a file of the zone database; undefined when it has none.
 * @throws Error for a file that is cut off, or is another kind of file.
 */
export const ruleOfZoneFile = (bytes: Buffer, path: string): string | undefined => {
  const magic = bytes.toString('latin1', 0, 4);
  if (!'TZif'.startsWith(magic)) throw new Error(`${path} is not a file of the time zone database`);
  let end = endOfPart(bytes, 0, 4);
  const old = bytes[4] === 0;
  if (!old) end = endOfPart(bytes, end, 8);
  const [, rule] =
    (old ? undefined : /^\n([^\n]*)\n/.exec(bytes.toString('latin1', Math.min(end, bytes.length)))) ?? [];
  if (bytes.length < end || (!old && rule === undefined)) throw new Error(`${path} is cut off`);
  return rule === '' ? undefined : rule;
};

/** The file with the zone of the machine, where TZ is not set. */
const LOCALTIME = '/etc/localtime';
/** The name when this runtime has none: it uses UTC. */
const UNKNOWN = 'unknown';

/** TZ was set here. */
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

/** Some systems do not know it, whatever the type says. */
const name = (): string => (Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined) ?? UNKNOWN;

/** Whether local time is now that of the zone. */
const shows = (zone: string): boolean => {
  const year = new Date().getUTCFullYear();
  return Array.from({ length: 24 }, (_, month) => Date.UTC(year, month, 15)).every(
    (at) => zoneOf().local(at) === zoneOf(zone).local(at),
  );
};

/** Makes this runtime read the zone again. */
const setTz = (zone: string | undefined): void => {
  process.env.TZ = zone ?? 'UTC';
  if (zone === undefined) delete process.env.TZ;
};

/** Whether local time is that of the zone when TZ has its name: in TZ, capital and small letters are not the same. */
const worksInTz = (zone: string): boolean => {
  const before = process.env.TZ;
  setTz(zone);
  try {
    return name() === known(zone) || shows(zone);
  } finally {
    setTz(before);
  }
};

/** The name of the zone that a file of the zone database has by its place; undefined for a file elsewhere. */
const zoneOfPath = (path: string): string | undefined => /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(path)?.[1];

/**
 * The zone of a file of the zone database, by its place, or by the rule at its end; undefined: it has none that is known.
 * @throws Error when it cannot be read or understood.
 */
const readZone = (path: string): string | undefined => {
  const real = realpathSync(path);
  const zone = zoneOfPath(real);
  if (zone !== undefined && known(zone) !== undefined && worksInTz(zone)) return zone;
  const rule = ruleOfZoneFile(readFileSync(real), path);
  return rule === undefined ? undefined : byRule(rule);
};

const withoutColon = (tz: string): string => (tz.startsWith(':') ? tz.slice(1) : tz);
const isPath = (tz: string): boolean => withoutColon(tz).startsWith('/');
const nameInTz = (tz: string): string => withoutColon(tz).replace(/^(?:posix|right)\//, '');

/** The zone that a value of TZ means; undefined: none that is known. @throws Error when it is a file that cannot be read. */
const findZone = (tz: string): string | undefined => {
  const value = withoutColon(tz);
  if (value === '') return 'UTC';
  if (isPath(tz)) return readZone(value);
  const zone = nameInTz(tz);
  if (known(zone) !== undefined && worksInTz(zone)) return zone;
  // Only with figures it can be a rule.
  return /^[A-Za-z_+/-]+$/.test(zone) ? undefined : byRule(value);
};

/** The same; undefined as well when it cannot be read. */
export const zoneOfTz = (tz: string): string | undefined => {
  try {
    return findZone(tz);
  } catch {
    return undefined;
  }
};

/** A zone that a wrong name may have been meant for, as `, did you mean "Europe/Rome"?`; nothing when none is near. */
const meant = (zone: string): string => {
  const capitals = zone.toLowerCase().replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());
  const right = known(capitals) !== undefined && worksInTz(capitals) ? capitals : known(zone);
  return right === undefined ? nearestZone(zone) : `, did you mean "${right}"?`;
};

/** What is wrong with a value of TZ that means no zone. */
const wrongTz = (tz: string): string => {
  const shown = `TZ=${JSON.stringify(tz)}`;
  try {
    if (isPath(tz)) readZone(withoutColon(tz));
  } catch (error) {
    return `${shown} cannot be used: ${messageOf(error)}: local time is UTC`;
  }
  const hint = isPath(tz) ? '' : meant(nameInTz(tz));
  const help = hint === '' ? ' (expected a name such as Europe/Rome)' : hint;
  return `${shown} is not a time zone that is known, nor a rule that one has: local time is UTC${help}`;
};

/** The state of the file of the zone: changes when the zone is set. */
const machineState = (path: string): string => {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${realpathSync(path)} ${ino} ${mtimeMs} ${size}`;
  } catch {
    return '';
  }
};

/** Makes this runtime read the zone again, and use this one if there is one. */
const adopt = (zone: string | undefined): void => {
  adopted = zone !== undefined;
  setTz(zone);
};

/** Makes local time that of the machine. Returns why that does not work: local time stays as it was. */
const followMachine = (path: string): string | undefined => {
  let zone: string | undefined;
  let there = true;
  try {
    zone = readZone(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return messageOf(error);
    there = false;
  }
  const before = name();
  adopt(undefined);
  if (zone !== undefined && !shows(zone)) adopt(zone);
  if (zone !== undefined || !there || name() !== UNKNOWN) return undefined;
  if (before !== UNKNOWN) adopt(before);
  return `${path} is not a time zone that is known`;
};

const notFollowed = (problem: string): string => {
  const zone = name();
  return `the time zone of the machine cannot be used: ${problem}: local time is that of ${zone === UNKNOWN ? 'UTC' : zone}`;
};

/** The zone of the machine when the program starts. Returns what is wrong with it, in words. */
const beginWithMachine = (path: string): string | undefined => {
  try {
    // This runtime uses the name as well.
    if (lstatSync(path).isSymbolicLink() && /\/zoneinfo\//.test(realpathSync(path))) return undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
  }
  const problem = followMachine(path);
  return problem === undefined ? undefined : notFollowed(problem);
};

/**
 * Makes local time what TZ means, also where this runtime would take it for another zone. Returns what is wrong with it, or with the
 * zone of the machine, in words.
 */
export const adoptZone = (path = LOCALTIME): string | undefined => {
  if (given === undefined) return beginWithMachine(path);
  const zone = zoneOfTz(given);
  if (zone !== given) adopt(zone ?? 'UTC');
  return zone === undefined ? wrongTz(given) : undefined;
};

/** The last change of the zone that was followed, for daemons that look after another one has. */
let followed: { readonly state: string; readonly from: string; readonly to: string } | undefined;

/** The zone of the machine, which may be set while the program runs. Local time is that of the process: what one daemon has changed others find. */
export const localZone = (path = LOCALTIME): LocalZone => {
  let state = machineState(path);
  let reported: string | undefined;
  return {
    look: () => {
      if (given !== undefined) return undefined;
      const now = machineState(path);
      if (now === state) return undefined;
      if (followed?.state === now) {
        [state, reported] = [now, undefined];
        const { from, to } = followed;
        return { from, to };
      }
      const from = name();
      const problem = followMachine(path);
      if (problem !== undefined) {
        // It is read again later: a shortage of descriptors ends, a file is written in two steps.
        const again = problem === reported;
        reported = problem;
        return again ? undefined : { problem: notFollowed(problem) };
      }
      [state, reported] = [now, undefined];
      const to = name();
      if (from === to) return undefined;
      followed = { state: now, from, to };
      return { from, to };
    },
  };
};

/**
 * The name of the zone of local time, as the machine has it. This runtime is asked only where the machine does not have it: the first
 * question loads the data of all zones, which is about a tenth of a start, and of the memory of a daemon.
 */
export const zoneName = (path = LOCALTIME): string => {
  if (process.env.TZ !== undefined) return name();
  try {
    const zone = zoneOfPath(realpathSync(path));
    if (zone !== undefined) return zone.replace(/^Etc\/(?=UTC$)/, '');
  } catch {
    // This system does not have the file.
  }
  return name();
};

/** A copy of an environment, with TZ as it was given. */
export const withGivenZone = (environment: Record<string, string | undefined>): Record<string, string | undefined> => {
  const { TZ, ...others } = environment;
  if (!adopted) return { ...environment };
  return given === undefined ? others : { ...others, TZ: given };
};
