import { describe, it } from 'vitest';
import { reloadsUnderLoad } from './support/reloads.ts';

describe('200 random reloads under load', () => {
  it.each([1, 2, 3, 4, 5])('lose no event, leave no history open and no child behind (seed %i)', reloadsUnderLoad);
});
