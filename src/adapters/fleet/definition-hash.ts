import { createHash } from 'node:crypto';

/** The hash of the definition of a condition, by which machines compare theirs. */
export const definitionHash = (definition: string): string =>
  createHash('sha256').update(definition).digest('hex').slice(0, 16);
