import type { StoryAnswer } from '../control/queries.ts';
import { CAUSES } from '../journal/fact.ts';
import { formatStory } from '../terminal/story.ts';
import { type CliOptions, countField, FOUND, jsonLine, NOTHING, printUnknown, send } from './query.ts';
import { stdoutTerminal } from './stdio.ts';
import { writeAll, writeStderr } from './values.ts';

const CAUSE = new RegExp(`^(?:${CAUSES.join('|')}|run)-\\d+$`);

/** `whenever story`. Status 1 when nothing is known. */
export const story = async (items: readonly string[], given: CliOptions): Promise<number> => {
  const answer = (await send({ request: 'story', items, ...countField(given) }, given)) as StoryAnswer;
  const found = answer.chapters.length > 0;
  if (given.json === true) {
    writeAll(1, jsonLine(answer));
    return found ? FOUND : NOTHING;
  }
  if (found) writeAll(1, formatStory(answer, stdoutTerminal()));
  // What is known by its story is an item, or was one.
  const told = new Set(
    answer.chapters.flatMap(({ key, ...ids }) => [
      ...[key, key.slice(key.indexOf('/') + 1)],
      ...[ids.cause, ids.lastCause, ids.run, ids.lastRun],
    ]),
  );
  const silent = items.filter((item) => !told.has(item));
  const causes = silent.filter((item) => CAUSE.test(item));
  for (const cause of causes)
    writeStderr(
      `No change of state is known that comes from ${cause}: of what repeats the first and the last are told.\n`,
    );
  await printUnknown(
    silent.filter((item) => !causes.includes(item)),
    'item',
    given,
  );
  return found ? FOUND : NOTHING;
};
