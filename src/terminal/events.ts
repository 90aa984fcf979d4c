import type { EventsAnswer } from '../control/archive.ts';
import type { TopicEvent } from '../journal/fact.ts';
import { showInstant } from './instant.ts';
import { table } from './table.ts';

/** One event on a line: when, which item, because of what, and what it holds. */
export const showEvent = ({ time, topics, item, cause, message }: TopicEvent): string => {
  const about = [item ?? topics.join(','), cause].filter((part) => part !== null).join(' ');
  return `${showInstant(time)} ${about}: ${typeof message === 'string' ? message : JSON.stringify(message)}\n`;
};

/** The topics as a table, or the events of one. */
export const showEvents = (answer: EventsAnswer): string => {
  if ('topics' in answer) {
    const rows = answer.topics.map(({ topic, total, last }) => [topic, String(total), showInstant(last)]);
    return table([{ heading: 'TOPIC' }, { heading: 'EVENTS', numeric: true }, { heading: 'LAST' }], rows);
  }
  const gone = answer.total - answer.events.length;
  return `${gone > 0 ? `(${gone} earlier ones are not shown)\n` : ''}${answer.events.map(showEvent).join('')}`;
};
