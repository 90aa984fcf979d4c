import type { ExplainAnswer } from '../control/queries.ts';
import { formatExplanation } from '../terminal/explanation.ts';
import { type CliOptions, countField, FOUND, jsonLine, NOTHING, printUnknown, send, sourceFile } from './query.ts';
import { stdoutTerminal } from './stdio.ts';
import { writeAll } from './values.ts';

/** `whenever explain`. Status 1 when there is no such condition. `now`: wall-clock ms. */
export const explain = async ([condition = '']: readonly string[], given: CliOptions, now: number): Promise<number> => {
  const answer = (await send({ request: 'explain', condition, ...countField(given) }, given)) as ExplainAnswer;
  if (given.json === true) writeAll(1, jsonLine(answer));
  else if (answer.known) writeAll(1, formatExplanation(answer, now, stdoutTerminal(), sourceFile(given)));
  else await printUnknown([condition], 'condition', given);
  return answer.known ? FOUND : NOTHING;
};
