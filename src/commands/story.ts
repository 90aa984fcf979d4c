import type { StoryAnswer } from '../control/archive.ts';
import { CAUSES } from '../journal/fact.ts';
import { showStory } from '../terminal/story.ts';
import { FOUND, type Given, json, NOTHING, put, tellUnknown, wantsCount } from './inquiry.ts';
import { screen } from './screen.ts';
import { writeNote, writeOut } from './shared.ts';

const CAUSE = new RegExp(`^(?:${CAUSES.join('|')}|run)-\\d+$`);

/** `whenever story`. Status 1 when nothing is known. */
export const story = async (items: readonly string[], given: Given): Promise<number> => {
  const answer = (await put({ request: 'story', items, ...wantsCount(given) }, given)) as StoryAnswer;
  const found = answer.chapters.length > 0;
  if (given.json === true) {
    writeOut(1, json(answer));
    return found ? FOUND : NOTHING;
  }
  if (found) writeOut(1, showStory(answer, screen()));
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
    writeNote(
      `No change of state is known that comes from ${cause}: of what repeats the first and the last are told.\n`,
    );
  await tellUnknown(
    silent.filter((item) => !causes.includes(item)),
    'item',
    given,
  );
  return found ? FOUND : NOTHING;
};
