import { createVitals } from '../adapters/vitals.ts';
import { Contained } from '../contained.ts';
import { tellPackage } from '../metrics/logger.ts';
import { timespans } from '../timespans/index.ts';

// What the context of the process needs of the machine, made when it is first asked for; and whom it tells of what goes wrong.
timespans.vitals ??= createVitals();
const contained = new Contained(tellPackage);
timespans.onError = (error, where) => contained.failed(where, where, error);
timespans.onChange((on) => {
  if (!on) contained.settle();
});
