import type { SharedFiring } from '../core/fleet-port.ts';

/** What a node writes about a firing that it has got. Instants are wall-clock ms of the node. */
export interface ClaimEntry {
  readonly node: string;
  /** The instance of the program on that node. */
  readonly session: string;
  /** Of the definition of the condition. */
  readonly hash: string;
  readonly began: number;
  /** `lost`: its node has died, and it is not repeated. */
  readonly state: 'running' | 'done' | 'lost' | 'missed';
  readonly on_lost: SharedFiring['onLost'];
  readonly outcome?: string;
  readonly ended?: number;
  /** The node has run it without a server. */
  readonly unclaimed?: true;
  /** Instants after this one, up to that of the key, are part of it; absent: it is for one. */
  readonly since?: number;
  /** The nodes that had it before and have died, and when this one has taken it over. */
  readonly from?: readonly string[];
  readonly taken?: number;
  /** The instance that reports it as lost. */
  readonly by?: string;
  /** It has done so. */
  readonly reported?: true;
}

/** What a node writes about a firing that it has run without a server, and that another one has run, too. */
export interface TwiceEntry {
  readonly node: string;
  readonly session: string;
  readonly other: string;
}

/** What a node writes about a time in which it was connected. Instants are those of the clock of the server. */
export interface PresenceEntry {
  readonly session: string;
  /** When the program was started. */
  readonly began: number;
  readonly from: number;
  readonly to: number;
  /** How far its clock was ahead at most, or behind, ms. */
  readonly skew: number;
  /** Its scheduler was paused. */
  readonly paused?: true;
}

/** What a node writes about itself, each time its heart beats. */
export interface NodeEntry {
  readonly session: string;
  readonly version: string;
  /** How far its clock is ahead of that of the server, ms; absent: it is not known yet. */
  readonly skew?: number;
  /** When the program was started, by the clock of the server, wall-clock ms; absent: it is not known yet. */
  readonly began?: number;
  readonly tags: readonly string[];
  /** The hash of the definitions of its shared conditions: which they are stands in entries of their own. */
  readonly defined: string;
  /** The hashes of the definitions of the tasks that it does with `where = "all"`. */
  readonly tasks?: readonly string[];
  /** Its scheduler is paused. */
  readonly paused?: true;
  /** It has ended. */
  readonly over?: true;
}

/** What a node writes about its shared conditions when they change. */
export interface DefinitionsEntry {
  readonly session: string;
  /** The hash of all of them. */
  readonly digest: string;
  /** Over how many entries they are spread. */
  readonly of: number;
  /** The hashes of the definitions of some of them, by their names. */
  readonly shared: Readonly<Record<string, string>>;
}

/** What keys begin with: those of firings, of nodes, of firings that have run twice, of definitions, and of times when nodes were
 * connected. */
export const FIRES = 'fire.';
export const NODES = 'node.';
export const TWICE = 'twice.';
export const DEFINITIONS = 'define.';
export const NODES_SEEN = 'seen.';

export const fireKey = (condition: string, key: string): string => `${FIRES}${condition}.${key}`;
/** @param fire the key of the firing */
export const twiceKey = (fire: string, node: string): string => `${TWICE}${fire.slice(FIRES.length)}.${node}`;
/** What the keys of the definitions of a node begin with. */
export const definitionsOf = (node: string): string => `${DEFINITIONS}${node}.`;
export const presenceKey = (node: string, session: string, part: number): string =>
  `${NODES_SEEN}${node}.${session}.${part}`;
export const nodeKey = (node: string): string => `${NODES}${node}`;

/** The condition and the key of a firing. */
export const readFireKey = (key: string): { readonly condition: string; readonly key: string } => {
  const [, condition = '', ...rest] = key.split('.');
  return { condition, key: rest.join('.') };
};

/** What a firing is for, in words. @param show an instant, wall-clock ms */
export const keyWords = (key: string, show: (ms: number) => string): string => {
  if (/^\d{1,16}$/.test(key)) return show(Number(key));
  if (/^p\d+$/.test(key)) return `period ${key.slice(1)}`;
  const [, node, at] = /^(.+)-(\d{1,16})-\D.*$/.exec(key) ?? [];
  return node === undefined ? key : `an event on ${node} at ${show(Number(at))}`;
};

/** What a field of an entry can be. */
const CHECKS = {
  text: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => Number.isFinite(value),
  object: (value: unknown) => typeof value === 'object' && value !== null,
  texts: (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  'texts by name': (value: unknown) =>
    typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string'),
} as const;
type Check = keyof typeof CHECKS;

/** The fields that an entry has, and those that it may have. */
interface Shape<E> {
  readonly has: Readonly<Partial<Record<keyof E & string, Check>>>;
  readonly may?: Readonly<Partial<Record<keyof E & string, Check>>>;
}

/** Makes what reads the entries of one kind: undefined is returned for one that is not of this version, or was written by another program. */
export const entryReader = <E extends { readonly session: string }>({ has, may }: Shape<E>) => {
  const required = Object.entries({ session: 'text', ...has }) as [string, Check][];
  const optional = Object.entries(may ?? {}) as [string, Check][];
  return (value: string): E | undefined => {
    let found: unknown;
    try {
      found = JSON.parse(value);
    } catch {
      return undefined;
    }
    if (!CHECKS.object(found)) return undefined;
    const entry = found as Readonly<Record<string, unknown>>;
    const isRight =
      required.every(([name, check]) => CHECKS[check](entry[name])) &&
      optional.every(([name, check]) => entry[name] === undefined || CHECKS[check](entry[name]));
    return isRight ? (entry as unknown as E) : undefined;
  };
};

export const readClaim = entryReader<ClaimEntry>({
  has: { node: 'text', hash: 'text', began: 'number', state: 'text', on_lost: 'text' },
  may: { outcome: 'text', ended: 'number', since: 'number', from: 'texts', taken: 'number', by: 'text' },
});
export const readTwice = entryReader<TwiceEntry>({ has: { node: 'text', other: 'text' } });
export const readTimeConnected = entryReader<PresenceEntry>({
  has: { began: 'number', from: 'number', to: 'number', skew: 'number' },
});
export const readNode = entryReader<NodeEntry>({
  has: { version: 'text', tags: 'texts', defined: 'text' },
  may: { skew: 'number', began: 'number', tasks: 'texts' },
});
export const readDefined = entryReader<DefinitionsEntry>({
  has: { digest: 'text', of: 'number', shared: 'texts by name' },
});
