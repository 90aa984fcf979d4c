import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** Sets the title of a terminal, rings, and clears it with one byte of its own. */
const HOSTILE = '\u001b]0;owned\u0007\u001b[31m\u009b2J\r';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const OBEYED = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/;

const HEAD = '{"journal":1,"version":"2.0.0","session":"1-1","started":0,"pid":1}';
/** Two starts of a task whose name is hostile. */
const recording = () => {
  const start = (seq: number) => ({
    ...{ kind: 'transition', seq, time: seq, mono: seq, item: `task/${HOSTILE}`, run: `run-${seq}`, cause: HOSTILE },
    ...{ key: `task/${HOSTILE}`, start: seq === 1 ? 'idle' : 'running', finish: 'running', why: HOSTILE },
  });
  const span = {
    ...{ kind: 'span', seq: 3, time: 3, mono: 3, item: `task/${HOSTILE}`, run: 'run-1', cause: 'tick-1' },
    ...{ category: 'task', id: 7, parent: null, start: 1, end: 3, status: 'complete' },
    ...{ begun: { task: HOSTILE, condition: HOSTILE }, finished: { outcome: 'success', why: HOSTILE } },
  };
  return [HEAD, ...[start(1), start(2), span].map((fact) => JSON.stringify(fact))].join('\n');
};

describe('what arguments and files hold never steers a terminal', () => {
  test.each([
    [['--log-level', HOSTILE]],
    [[`--${HOSTILE}`]],
    [['--metrics', HOSTILE]],
    [['next', 'c.toml', '--count', HOSTILE]],
    [['next', 'c.toml', '--from', HOSTILE]],
    [['simulate', 'c.toml', '--seed', HOSTILE]],
    [['show', 'r.journal', '--as', HOSTILE]],
    [['show', 'r.journal', '--item', HOSTILE]],
    [['show', 'r.journal', '--category', HOSTILE]],
    [['status', '--from', HOSTILE]],
    [[HOSTILE]],
  ])('%j is an error without control characters.', async (args) => {
    place.write('r.journal', recording());
    place.write('c.toml', TICK + shellTask('T', 'true'));
    const { stdout, stderr } = await place.run(args);
    expect(stdout + stderr).toContain('owned');
    expect(stdout + stderr).not.toMatch(OBEYED);
  });

  test.each([
    [['verify', 'r.journal']],
    [['verify', 'r.journal', '--json']],
    [['story', 'T', '--from', 'r.journal']],
    [['story', HOSTILE, '--from', 'r.journal']],
    [['story', HOSTILE, '--from', 'r.journal', '--json']],
    [['explain', HOSTILE, '--from', 'r.journal']],
    [['status', '--from', 'r.journal']],
    [['show', 'r.journal', '--as', 'gantt', '--title', HOSTILE]],
    [['show', 'r.journal', '--as', 'summary']],
  ])('%j shows a recording without control characters.', async (args) => {
    place.write('r.journal', recording());
    const { stdout, stderr } = await place.run(args);
    expect(stdout + stderr).not.toBe('');
    expect(stdout + stderr).not.toMatch(OBEYED);
  });
});
