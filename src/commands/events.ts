import type { EventsAnswer } from '../control/archive.ts';
import type { RequestOf } from '../control/request.ts';
import type { TopicEvent } from '../journal/fact.ts';
import { showEvent, showEvents } from '../terminal/events.ts';
import { followed } from './follow.ts';
import { FOUND, fromOf, type Given, json, NOTHING, put, tellUnknown, wantsCount } from './inquiry.ts';
import { screen } from './screen.ts';
import { writeNote, writeOut } from './shared.ts';

/** `whenever events`. Status 1 when there are none. */
export const events = async ([topic]: readonly string[], given: Given): Promise<number> => {
  const request: RequestOf<'events'> = {
    request: 'events',
    ...(topic === undefined ? {} : { topic }),
    ...wantsCount(given),
  };
  if (given.follow === true && fromOf(given) === undefined) {
    const show = given.json === true ? json : (event: TopicEvent) => showEvent(event, screen());
    // A topic may come to be; one that is mistaken never does.
    if (topic !== undefined && given.json !== true) await tellUnknown([topic], 'topic', given);
    return followed<TopicEvent>({ ...request, follow: true }, given, show);
  }
  const answer = (await put(request, given)) as EventsAnswer;
  const found = 'topics' in answer ? answer.topics.length : answer.events.length;
  if (given.json === true) writeOut(1, json(answer));
  else if (found > 0) writeOut(1, showEvents(answer, screen()));
  else if (topic === undefined) writeNote('There are no events.\n');
  else if (!(await tellUnknown([topic], 'topic', given))) writeNote(`Topic ${topic} has no events.\n`);
  return found > 0 ? FOUND : NOTHING;
};
