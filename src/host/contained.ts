import { getLogger, PACKAGE_LOGGER } from '../metrics/logger.ts';

/** Calls something of the host program. What it throws holds nothing up: it is told to the logger `whenever`. */
export const contained = (where: string, act: () => void): void => {
  try {
    act();
  } catch (error) {
    try {
      getLogger(PACKAGE_LOGGER).error(`${where} failed: ${error instanceof Error ? error.message : String(error)}`);
    } catch {
      // A handler that throws when it is told of a handler that throws: there is nobody left.
    }
  }
};
