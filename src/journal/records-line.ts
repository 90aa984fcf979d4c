import { type Context, LEVELS, type Level, type Mark } from '../log/record.ts';
import type { LogFact } from './fact.ts';

// Records of one instant, cause, level and item may be one line of a recording: what they have in common, then `records`, a text for each
// of them, numbered from `seq` on: `EMITTER action [MARK] message`; `-` before the mark: the record is not about the item.

const TEXT = /^(\S+) (\S+) (- )?\[([A-Z]+\/[A-Z]+)\] (.*)$/s;

/** How the text of a record begins. */
export const textBegin = ({ emitter, action, item }: Context, mark: Mark): string =>
  `${emitter} ${action} ${item === null ? '- ' : ''}[${mark}] `;

/** Whether {@link textBegin} can be read again. */
export const isWritable = ({ emitter, action }: Context): boolean => /^\S+ \S+$/.test(`${emitter} ${action}`);

/** What such a line has; nothing is certain about it. */
interface Found extends Omit<LogFact, 'records'> {
  readonly itemId?: number | null;
  readonly records?: unknown;
}

/** Whether a line is of this form; the first format has another one of that name. */
export const hasTexts = (found: object): found is Found =>
  'records' in found && Array.isArray(found.records) && typeof found.records[0] === 'string';

/** The facts of such a line; none when it is damaged. */
export const factsOfTexts = (found: Found): LogFact[] => {
  const { seq, time, mono, item = null, run = null, cause = null, level, itemId = null } = found;
  const name = typeof item === 'string' ? item.slice(item.indexOf('/') + 1) : null;
  const facts: LogFact[] = [];
  for (const text of found.records as unknown[]) {
    const [, emitter, action, apart, mark, message] = (typeof text === 'string' && TEXT.exec(text)) || [];
    if (emitter === undefined || action === undefined || message === undefined || !LEVELS.includes(level as Level))
      return [];
    const own = apart === undefined;
    facts.push({
      ...{ kind: 'log', seq: seq + facts.length, time, mono, item: own ? item : null, run, cause, level },
      ...{ mark: mark as Mark, message },
      context: { emitter, action, item: own ? name : null, itemId: own ? itemId : null },
    });
  }
  return facts;
};
