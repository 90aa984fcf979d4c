import { integer } from '../config/field.ts';
import { NEGATIVE } from '../core/outcome.ts';
import { notYet } from './common/not-yet.ts';
import { conditionKind } from './kind.ts';

/** True once per idle period of the session (`scheduling.md` §5.3). */
export const idle = conditionKind({
  type: 'idle',
  emitter: 'IDLE_CONDITION',
  doc: 'True once each time the session has been idle for longer than the limit.',
  fields: { idle_seconds: integer({ min: 0, required: true, doc: 'Seconds without input.' }) },
  delayable: false,
  unavailable: () => notYet('idle conditions'),
  create: () => ({ due: () => 'on-event', test: () => NEGATIVE }),
});
