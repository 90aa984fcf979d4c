import { afterEach, beforeEach, expect, test } from 'vitest';
import { always, onDemand, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

test('While a regular expression is looked for in a long output, ticks and other tasks go on', async () => {
  const heavy = `match_regular_expression = true\nsuccess_stdout = "(a?){500}a{500}b"`;
  const toml =
    TICK +
    shellTask('Long', "head -c 200000 /dev/zero | tr '\\0' a", heavy) +
    onDemand('Now', ['Long']) +
    shellTask('Beat', 'true') +
    always('Pulse', ['Beat']);
  const program = place.start(['-J', '-L', 'trace'], { toml });
  program.send('trigger Go_Now');
  await program.record(/TASK active Long\/\d+ \[HIST\/START\]/);
  // What a command printed is there at once: the search begins.
  const seen = program.records.length;
  for (let i = 0, at = seen; i < 3; i++) {
    await program.record(/TASK active Beat\/\d+ \[HIST\/END\]/, at);
    at = program.records.length;
  }
  expect(program.told.filter((text) => /TASK active Long\/\d+ \[HIST\/END\]/.test(text))).toEqual([]);
  program.send('kill');
  expect((await program.ended).code).toBe(1);
});
