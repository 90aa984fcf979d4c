import type { FleetSettings } from '../../core/spec.ts';
import type { FileWarnings } from '../checked-file.ts';

/** Files that `[fleet]` names and that are not there. */
export const missingFleetFiles: FileWarnings = ({ root, machine }, warn) => {
  const { credentials_file: credentials, tls } = (root.fleet ?? {}) as Partial<FleetSettings>;
  for (const [key, path] of Object.entries({ credentials_file: credentials, tls }))
    if (typeof path === 'string' && !machine.isFile(path))
      warn(undefined, 'fleet-file-not-found', ['fleet', key], `${key}: the file "${path}" does not exist`);
};
