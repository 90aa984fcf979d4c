import type { Work, WorkOutput } from '../core/fleet-port.ts';
import type { Outcome } from '../core/outcome.ts';
import { entryReader } from './entries.ts';

/** What is in the queue. */
export interface OfferedWork {
  readonly id: string;
  /** Who asks, and its instance of the program. */
  readonly node: string;
  readonly session: string;
  readonly work: Work;
}

/** What the store holds of a piece of work, as soon as a machine does it. */
export type WorkEntry = {
  /** Of the machine that does it. */
  readonly session: string;
  readonly node: string;
} & (
  | {
      readonly state: 'running';
      /** The machine that had it before and has died. */
      readonly from?: string;
    }
  | { readonly state: 'done'; readonly outcome: Outcome; readonly output: WorkOutput }
  /** It is not wanted any more, or the one that has asked has the result. */
  | { readonly state: 'over' }
);

/** What the keys of work begin with, and of what is not wanted any more: then comes the machine that looks there. */
const WORK = 'work.';
const STOP = 'stop.';

/** What the keys of the work begin with that a machine has asked for. */
export const workOf = (node: string): string => `${WORK}${node}.`;
export const workKey = (node: string, id: string): string => `${WORK}${node}.${id}`;
/** What the keys begin with of what a machine is to end. */
export const stopPrefix = (node: string): string => `${STOP}${node}.`;
export const stopKey = (node: string, id: string): string => `${STOP}${node}.${id}`;

const readState = entryReader<WorkEntry>({ has: { node: 'text', state: 'text' } });
export const readWork = (value: string): WorkEntry | undefined => {
  const entry = readState(value);
  // What is done has something to hand back.
  const { outcome, output } = (entry ?? {}) as { readonly outcome?: Partial<Outcome>; readonly output?: unknown };
  if (entry?.state === 'done' && (typeof outcome?.kind !== 'string' || typeof output !== 'object')) return undefined;
  return entry;
};
const readOffer = entryReader<OfferedWork>({ has: { id: 'text', node: 'text', work: 'object' } });
export const readOffered = (value: string): OfferedWork | undefined => {
  const offered = readOffer(value);
  const { task, definition, where, run } = (offered?.work ?? {}) as Partial<Work>;
  const isRight = [task, definition, where].every((one) => typeof one === 'string') && typeof run === 'object';
  return isRight ? offered : undefined;
};

/** Where the work for a machine, or for one with a tag, is offered. */
export const subjectOf = (where: string, hash: string): string => `${where.replace(':', '.')}.${hash}`;

/** The subjects of a task that a machine takes work of. */
export const subjectsFor = (where: string, hash: string, node: string, tags: readonly string[]): readonly string[] => {
  const [kind, name = ''] = where.split(':');
  if (kind === 'any') return [subjectOf('any', hash)];
  if (kind === 'all') return [subjectOf(`host:${node}`, hash)];
  const isOwn = kind === 'tag' ? tags.includes(name) : name === node;
  return isOwn ? [subjectOf(where, hash)] : [];
};
