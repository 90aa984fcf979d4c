import { describe, it } from 'vitest';
import { reloadsUnderLoad } from './support/reloads.ts';

describe('200 random reloads under load, many times', () => {
  it.each(Array.from({ length: 200 }, (_, i) => i + 100))(
    'lose no event, leave no history open and no child behind (seed %i)',
    reloadsUnderLoad,
  );
});
