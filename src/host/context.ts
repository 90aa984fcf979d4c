import { createVitals } from '../adapters/vitals.ts';
import { getLogger, PACKAGE_LOGGER } from '../metrics/logger.ts';
import { timespans } from '../timespans/index.ts';

// What the context of the process needs of the machine, made when it is first asked for; and whom it tells of what goes wrong.
timespans.vitals ??= createVitals();
timespans.onError = (error, where) =>
  getLogger(PACKAGE_LOGGER).error(`${where} failed: ${error instanceof Error ? error.message : String(error)}`);
