import { EventError } from './json.ts';

/** Longest name of a topic. */
const LONGEST_NAME = 200;

/** A name of a topic. @throws EventError */
const named = (topic: unknown): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (typeof topic !== 'string' || topic === '' || topic.length > LONGEST_NAME || /[\x00-\x1f\x7f]/.test(topic))
    throw new EventError(`a topic is a text of 1 to ${LONGEST_NAME} characters on one line`);
  return topic;
};

/** The topics of a call, each once. @throws EventError */
export const topicsOf = (topic: string | readonly string[]): readonly string[] => {
  const all = [...new Set((Array.isArray(topic) ? topic : [topic]).map(named))];
  if (all.length === 0) throw new EventError('an event needs a topic');
  return all;
};
