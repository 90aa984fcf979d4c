import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { play, readStories, type Story, writeStories } from '../support/story.ts';

// The whole daemon on virtual time, one file for each chapter of the manual about scheduling. WHENEVER_UPDATE=1 writes
// what was recorded into the files: read the difference before believing it.
const update = process.env.WHENEVER_UPDATE === '1';
const folder = import.meta.dirname;

for (const file of readdirSync(folder).filter((name) => name.endsWith('.story'))) {
  describe(file.replace(/\.story$/, ''), () => {
    const path = join(folder, file);
    const { preface, stories } = readStories(readFileSync(path, 'utf8'));
    const told: { story: Story; records: string }[] = [];
    for (const story of stories) {
      test(story.title, async () => {
        const records = await play(story);
        told.push({ story, records });
        if (update) return;
        expect(records).toBe(story.expected);
        expect(records).not.toBe('');
      });
    }
    afterAll(() => {
      if (update && told.length === stories.length) writeFileSync(path, writeStories(preface, told));
    });
  });
}
