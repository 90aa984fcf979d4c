/** A time zone: how far local time is ahead of UTC. Instants in ms since 1970, whole seconds. */
export interface Zone {
  /** Local time at an instant, written as if it were UTC. */
  local(at: number): number;
}

/** A change of the offset: local time goes on at `to` (as if UTC) where it would have gone on at `from`. */
export interface Change {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** No offset is further from UTC than this, in ms. */
const FURTHEST = 16 * 3_600_000;
const SECOND = 1000;

const localZone: Zone = {
  local: (at) => {
    const d = new Date(at);
    const utc = new Date(0);
    utc.setUTCFullYear(d.getFullYear(), d.getMonth(), d.getDate());
    return utc.setUTCHours(d.getHours(), d.getMinutes(), d.getSeconds());
  },
};

const zones = new Map<string, Zone>();

const namedZone = (name: string): Zone => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  return {
    local: (at) => {
      const [, sign, h = 0, m = 0, s = 0] = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(at)) ?? [];
      const offset = (Number(h) * 3600 + Number(m) * 60 + Number(s)) * SECOND;
      return at + (sign === '-' ? -offset : offset);
    },
  };
};

/** The zone of this name; without a name, the one of the machine. @throws RangeError for a name that is none. */
export const zoneOf = (name?: string): Zone => {
  if (name === undefined) return localZone;
  let zone = zones.get(name);
  if (!zone) {
    zone = namedZone(name);
    zones.set(name, zone);
  }
  return zone;
};

/**
 * The change of the offset in `(after, until]`, if there is one. The two are a few days apart at the most: no zone has ever
 * changed twice in less than four.
 */
export const changeBetween = (zone: Zone, after: number, until: number): Change | undefined => {
  const offset = zone.local(after) - after;
  if (zone.local(until) - until === offset) return undefined;
  let [before, at] = [after, until];
  while (at - before > SECOND) {
    const middle = Math.floor((before + at) / 2 / SECOND) * SECOND;
    if (zone.local(middle) - middle === offset) before = middle;
    else at = middle;
  }
  return { at, from: at + offset, to: zone.local(at) };
};

/** When a local time (as if UTC) comes for the first time; for one that is skipped, that is the end of the gap. */
export const firstAt = (zone: Zone, local: number): number => {
  const early = local - FURTHEST;
  const change = changeBetween(zone, early, local + FURTHEST);
  if (!change || local < change.from) return local - (zone.local(early) - early);
  return change.at + Math.max(0, local - change.to);
};
