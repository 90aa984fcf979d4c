import type { EventsAnswer } from '../control/queries.ts';
import type { RequestOf } from '../control/request.ts';
import type { Json, TopicEvent } from '../journal/fact.ts';
import { oneLine } from '../log/one-line.ts';
import { formatInstant } from '../terminal/instant.ts';
import { table } from '../terminal/table.ts';
import { PLAIN, type Terminal } from '../terminal/terminal.ts';
import { paragraph } from '../terminal/wrap.ts';
import { countOption } from './option-values.ts';
import {
  answerJson,
  FOUND,
  FROM_OPTION,
  follow,
  followOption,
  JSON_OPTION,
  NOTHING,
  printUnknown,
  QUERY_STATUS,
  type QueryOptions,
  send,
} from './query-common.ts';
import { printMessage, stdoutTerminal, writeAll } from './stdio.ts';
import type { Subcommand } from './subcommand.ts';

/** Topics that every event of a kind has besides its own. */
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

/** One event on a line: when, its topics, which item, because of what, on which machine, and what it holds. */
export const formatEvent = (event: TopicEvent, { width, paint }: Terminal = PLAIN): string => {
  const { time, topics, item, cause, message, machine } = event;
  const own = topics.filter((topic) => topic !== item && !IMPLIED.has(topic));
  const parts = [...own, item, cause, machine === undefined ? null : `on ${machine}`];
  const about = oneLine(parts.filter((part) => part !== null && part !== '').join(' '));
  const [first = '', ...more] = paragraph(`${formatInstant(time)} ${about}: ${messageOf(message)}`, width, 6).split(
    '\n',
  );
  const at = `${formatInstant(time)} ${about}`;
  return [first.startsWith(at) ? `${paint('dim', at)}${first.slice(at.length)}` : first, ...more].join('\n');
};

/** The topics as a table, or the events of one. */
export const formatEvents = (answer: EventsAnswer, terminal: Terminal = PLAIN): string => {
  if ('topics' in answer) {
    const rows = answer.topics.map(({ topic, total, last }) => [
      ...[oneLine(topic), String(total)],
      last === null ? '-' : formatInstant(last),
    ]);
    return table([{ heading: 'TOPIC' }, { heading: 'EVENTS', numeric: true }, { heading: 'LAST' }], rows, terminal);
  }
  const gone = answer.total - answer.events.length;
  const earlier = gone === 1 ? '(an earlier one is not shown)\n' : `(${gone} earlier ones are not shown)\n`;
  return `${gone > 0 ? earlier : ''}${answer.events.map((event) => formatEvent(event, terminal)).join('')}`;
};

export const eventsCommand: Subcommand<QueryOptions & { readonly count: number; readonly follow?: true }> = {
  name: 'events',
  help: 'show the events of a topic, or the topics there are',
  takes: [
    {
      form: '[TOPIC]',
      help: 'one of all, scheduler, condition/NAME, task/NAME, event/NAME, lua, errors, or of your own',
      names: ['topic'],
    },
  ],
  options: [followOption('events'), countOption('how many events, the last ones'), JSON_OPTION, FROM_OPTION],
  exitStatus: QUERY_STATUS,
  examples: ['whenever events errors --follow'],
  run: async ({ args: [topic], options }) => {
    const { count, json, from } = options;
    const request: RequestOf<'events'> = { request: 'events', count, ...(topic === undefined ? {} : { topic }) };
    if (options.follow && from === undefined) {
      const format = json ? answerJson : (event: TopicEvent) => formatEvent(event, stdoutTerminal());
      // The topic may get events later, unless the name is mistaken.
      if (topic !== undefined && !json) await printUnknown([topic], 'topic', options);
      return follow<TopicEvent>({ ...request, follow: true }, options, format);
    }
    const answer = (await send(request, options)) as EventsAnswer;
    const found = 'topics' in answer ? answer.topics.filter(({ total }) => total > 0).length : answer.events.length;
    if (json) writeAll(1, answerJson(answer));
    else if (found > 0) writeAll(1, formatEvents(answer, stdoutTerminal()));
    else if (topic === undefined) printMessage('no events');
    else if (!(await printUnknown([topic], 'topic', options))) printMessage(`topic "${topic}" has no events`);
    return found > 0 ? FOUND : NOTHING;
  },
};
