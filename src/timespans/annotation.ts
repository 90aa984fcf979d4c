import { expectObject, expectType, stringify, TYPES } from '../check-arguments.ts';
import type { Json, SpanFact, SpanId } from '../journal/fact.ts';
import type { Columns, CoreRow } from './columns.ts';

/** The category of names that were given. */
export const ANNOTATION = 'data_annotation';

/** What can be given a name: an item (`task/Backup`), or the id of a span (`task-9`). */
export type NameTarget = Exclude<SpanId, null>;

/** A name that was given to something. */
export interface Annotation {
  readonly target: NameTarget;
  readonly name: string;
}

/**
 * The id of the span that carries a name.
 * @throws TypeError when `target` cannot be named, or the name is empty
 */
export const annotationId = (target: NameTarget | null, name: unknown): { readonly [key: string]: Json } => {
  if (typeof name !== 'string' || name.trim() === '') throw new TypeError('a name is a text that is not empty');
  if (target === null || !['string', 'number', 'object'].includes(typeof target) || target === '')
    throw new TypeError(
      `a name can be given to an item such as "task/Backup" or to the id of a span, not to ${stringify(target) ?? typeof target}`,
    );
  return { target, name };
};

type SpanEdge = Pick<SpanFact, 'category' | 'edge' | 'id'>;

/** The name that an event carries; undefined when it carries none. @throws TypeError */
export const annotationOf = (event: SpanEdge): Annotation | undefined => {
  expectObject('annotationOf', 'event', event, 'an event of a span');
  return nameIn(event);
};

const nameIn = ({ category, edge, id }: SpanEdge): Annotation | undefined => {
  if (category !== ANNOTATION || edge !== 'start' || typeof id !== 'object' || id === null) return undefined;
  const { target, name } = id;
  if (typeof name !== 'string' || target === null || target === undefined || typeof target === 'boolean')
    return undefined;
  return { target: target as NameTarget, name };
};

/** All names in `logs`, by what they were given to; a later name takes the place of an earlier one. Records stand as JSON text. */
export const logsAnnotations = (logs: Columns): ReadonlyMap<string | number, string> => {
  expectType('logsAnnotations', 'logs', logs, TYPES.table);
  const names = new Map<string | number, string>();
  logs.core?.forEach((value, row) => {
    if (value === null) return;
    const { category, kind } = value as CoreRow;
    const given = nameIn({ category, edge: kind, id: (logs.id?.[row] ?? null) as SpanId });
    if (!given) return;
    names.set(typeof given.target === 'object' ? JSON.stringify(given.target) : given.target, given.name);
  });
  return names;
};
