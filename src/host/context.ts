import { createVitals } from '../adapters/vitals.ts';
import { SafeCaller } from '../call-safely.ts';
import { tellPackage } from '../metrics/logger.ts';
import { timespans } from '../timespans/index.ts';

// What the context of the process needs of the machine, made when it is first asked for; and whom it tells of what goes wrong.
timespans.system ??= createVitals();
const contained = new SafeCaller(tellPackage);
timespans.onError = (error, where) => contained.failed(where, where, error);
timespans.onChange((on) => {
  if (!on) contained.reportCounts();
});
