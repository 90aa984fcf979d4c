import type { EventsAnswer } from '../control/queries.ts';
import type { Json, TopicEvent } from '../journal/fact.ts';
import { oneLine } from '../log/one-line.ts';
import { formatInstant } from './instant.ts';
import { table } from './table.ts';
import { PLAIN, type Terminal } from './terminal.ts';
import { paragraph } from './wrap.ts';

/** Topics that an event has besides those that it was told under. */
const IMPLIED = new Set(['all', 'lua']);

const isTable = (message: Json): message is { readonly [key: string]: Json } =>
  typeof message === 'object' && message !== null && !Array.isArray(message);

/** A change of state as words, anything else as JSON. */
const messageOf = (message: Json): string => {
  if (typeof message === 'string') return oneLine(message);
  if (isTable(message) && message.action === 'transition')
    return oneLine(`${message.start} → ${message.finish}: ${message.why}`);
  return oneLine(JSON.stringify(message));
};

/** One event on a line: when, its topics, which item, because of what, and what it holds. */
export const formatEvent = (event: TopicEvent, { width, paint }: Terminal = PLAIN): string => {
  const { time, topics, item, cause, message } = event;
  const own = topics.filter((topic) => topic !== item && !IMPLIED.has(topic));
  const about = oneLine([...own, item, cause].filter((part) => part !== null && part !== '').join(' '));
  const [first = '', ...more] = paragraph(`${formatInstant(time)} ${about}: ${messageOf(message)}`, width, 6).split(
    '\n',
  );
  const at = `${formatInstant(time)} ${about}`;
  return [first.startsWith(at) ? `${paint('dim', at)}${first.slice(at.length)}` : first, ...more].join('\n');
};

/** The topics as a table, or the events of one. */
export const formatEvents = (answer: EventsAnswer, terminal: Terminal = PLAIN): string => {
  if ('topics' in answer) {
    const rows = answer.topics.map(({ topic, total, last }) => [oneLine(topic), String(total), formatInstant(last)]);
    return table([{ heading: 'TOPIC' }, { heading: 'EVENTS', numeric: true }, { heading: 'LAST' }], rows, terminal);
  }
  const gone = answer.total - answer.events.length;
  const earlier = gone === 1 ? '(an earlier one is not shown)\n' : `(${gone} earlier ones are not shown)\n`;
  return `${gone > 0 ? earlier : ''}${answer.events.map((event) => formatEvent(event, terminal)).join('')}`;
};
