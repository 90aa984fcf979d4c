import type { ExplainAnswer } from '../control/archive.ts';
import { showExplanation } from '../terminal/explanation.ts';
import { FOUND, fromOf, type Given, json, NOTHING, put, tellUnknown, wantsCount } from './inquiry.ts';
import { screen } from './screen.ts';
import { writeOut } from './shared.ts';

/** `whenever explain`. Status 1 when there is no such condition. `now`: wall-clock ms. */
export const explain = async ([condition = '']: readonly string[], given: Given, now: number): Promise<number> => {
  const answer = (await put({ request: 'explain', condition, ...wantsCount(given) }, given)) as ExplainAnswer;
  if (given.json === true) writeOut(1, json(answer));
  else if (answer.known) writeOut(1, showExplanation(answer, now, screen(), fromOf(given)));
  else await tellUnknown([condition], 'condition', given);
  return answer.known ? FOUND : NOTHING;
};
