import { createSystemFigures } from '../adapters/system-figures.ts';
import { SafeCaller } from '../call-safely.ts';
import { logPackageError } from '../metrics/logger.ts';
import { timespans } from '../timespans/index.ts';

// What the context of the process needs of the machine, made when it is first asked for; and whom it tells of what goes wrong.
timespans.system ??= createSystemFigures();
const contained = new SafeCaller(logPackageError);
timespans.onError = (error, where) => contained.failed(where, where, error);
timespans.onChange((on) => {
  if (!on) contained.reportCounts();
});
