import type { EventsAnswer } from '../control/queries.ts';
import type { RequestOf } from '../control/request.ts';
import type { TopicEvent } from '../journal/fact.ts';
import { formatEvent, formatEvents } from '../terminal/events.ts';
import { follow } from './follow.ts';
import { type CliOptions, countField, FOUND, jsonLine, NOTHING, printUnknown, send, sourceFile } from './query.ts';
import { stdoutTerminal } from './stdio.ts';
import { writeAll, writeStderr } from './values.ts';

/** `whenever events`. Status 1 when there are none. */
export const events = async ([topic]: readonly string[], given: CliOptions): Promise<number> => {
  const request: RequestOf<'events'> = {
    request: 'events',
    ...(topic === undefined ? {} : { topic }),
    ...countField(given),
  };
  if (given.follow === true && sourceFile(given) === undefined) {
    const show = given.json === true ? jsonLine : (event: TopicEvent) => formatEvent(event, stdoutTerminal());
    // A topic may come to be; one that is mistaken never does.
    if (topic !== undefined && given.json !== true) await printUnknown([topic], 'topic', given);
    return follow<TopicEvent>({ ...request, follow: true }, given, show);
  }
  const answer = (await send(request, given)) as EventsAnswer;
  const found = 'topics' in answer ? answer.topics.length : answer.events.length;
  if (given.json === true) writeAll(1, jsonLine(answer));
  else if (found > 0) writeAll(1, formatEvents(answer, stdoutTerminal()));
  else if (topic === undefined) writeStderr('There are no events.\n');
  else if (!(await printUnknown([topic], 'topic', given))) writeStderr(`Topic ${topic} has no events.\n`);
  return found > 0 ? FOUND : NOTHING;
};
