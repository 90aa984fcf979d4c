import { expect, it } from 'vitest';
import type { Dispatched, Fleet, Work, WorkExchange, Worker } from '../../src/core/fleet-port.ts';
import { type Daemon, daemon as startDaemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { FLEET_WITH_TASK } from '../support/fleet-nodes.ts';

/** An exchange that answers as it is said to. */
class ScriptedExchange implements WorkExchange {
  readonly asked: Work[] = [];
  readonly ended: unknown[] = [];
  worker!: Worker;
  answer: (signal: AbortSignal) => Dispatched | Promise<Dispatched> = () => this.done('success');

  done(kind: 'success' | 'failure', node = 'office', stdout = ''): Dispatched & { kind: 'done' } {
    return {
      kind: 'done',
      results: [
        { node, outcome: { kind, reason: { code: 'exit-status', status: 3 } }, output: { stdout, log: 'said\n' } },
      ],
    };
  }
  say: (what: string | undefined) => void = () => {};
  async dispatch(work: Work, signal: AbortSignal, onWaiting = this.say): Promise<Dispatched> {
    this.asked.push(work);
    this.say = onWaiting;
    signal.addEventListener('abort', () => this.ended.push(signal.reason));
    return this.answer(signal);
  }
  onWork(worker: Worker): void {
    this.worker = worker;
  }
}

const FILE = (where: string, more = ''): string => `${FLEET_WITH_TASK}
where = "${where}"
${more}
[[task]]
name = "Next"
type = "command"
command = "next"
command_arguments = []
startup_path = "/"
[[condition]]
name = "C"
type = "bucket"
tasks = ["T", "Next"]
recurring = true
[[event]]
name = "E"
type = "cli"
condition = "C"
`;

const begin = async (toml = FILE('any'), processes = {}) => {
  const exchange = new ScriptedExchange();
  const fleet: Fleet = {
    node: 'here',
    claim: () => Promise.reject(new Error('nothing is shared')),
    missed: () => {},
    setPaused: () => {},
    onLost: () => {},
    work: exchange,
  };
  const history = new FakeHistory();
  const daemon = await startDaemon(toml, { fleet, history, level: 'info', processes });
  return { exchange, daemon, history };
};
const fire = async (daemon: Daemon): Promise<void> => {
  await daemon.submit('trigger E {"n": 1}');
  await daemon.advance(6);
};

it('A task for another machine is asked for with what the run has; outcome and output are those of the run.', async () => {
  const { exchange, daemon, history } = await begin();
  exchange.answer = () => exchange.done('failure', 'office', 'all that it wrote');
  await fire(daemon);
  expect(exchange.asked).toMatchObject([
    {
      task: 'T',
      where: 'any',
      onLost: 'miss',
      run: { condition: 'C', run: 'run-1', event: { name: 'E', data: '{"n": 1}' } },
    },
  ]);
  expect(history.of('task')).toMatchObject([
    { task: 'T', outcome: 'failure', code: 'fleet-ran', stdout: 'all that it wrote', log: 'said\n' },
    { task: 'Next', outcome: 'success' },
  ]);
  expect(history.of('task')[0]?.why).toMatch(/^on office: exit code 3/);
  // What it has written stays where it was written.
  expect(daemon.processes.runs.map(({ request }) => request.command)).toEqual(['next']);
  expect(daemon.processes.runs[0]?.request.variables).toMatchObject({ WHENEVER_PREVIOUS_OUTCOME: 'failure' });
  expect(daemon.processes.runs[0]?.request.variables).not.toHaveProperty('WHENEVER_PREVIOUS_OUTPUT');
});

it('Retries ask again.', async () => {
  const { exchange, daemon } = await begin(FILE('any', 'retries = 1'));
  exchange.answer = () => exchange.done(exchange.asked.length === 1 ? 'failure' : 'success');
  await fire(daemon);
  await daemon.advance(11);
  expect(exchange.asked.map(({ run }) => run.attempt?.number)).toEqual([1, 2]);
});

it('With all it fails if it fails on one, and the output says which machine has written what.', async () => {
  const { exchange, daemon, history } = await begin(FILE('all'));
  const results = [...exchange.done('failure', 'b', 'two').results, ...exchange.done('success', 'a', 'one').results];
  exchange.answer = () => ({ kind: 'done', results });
  await fire(daemon);
  exchange.answer = () => ({ kind: 'done', results: results.slice(1) });
  await fire(daemon);
  const [first, , second] = history.of('task');
  expect(first).toMatchObject({ outcome: 'failure', stdout: '== a ==\none== b ==\ntwo' });
  expect(first?.why).toMatch(/^on b: exit code 3/);
  expect(second).toMatchObject({ outcome: 'success', why: '1 machine has done it' });
});

it('A machine that has died or ended, and a server that does not answer, are errors.', async () => {
  const { exchange, daemon, history } = await begin();
  const reason = { code: 'fleet-worker-lost', node: 'office' } as const;
  exchange.answer = () => ({
    kind: 'done',
    results: [{ node: 'office', outcome: { kind: 'error', reason }, output: {} }],
  });
  await fire(daemon);
  exchange.answer = () => ({
    kind: 'done',
    results: [{ node: 'office', outcome: { kind: 'error', reason: { ...reason, ended: true } }, output: {} }],
  });
  await fire(daemon);
  exchange.answer = () => ({ kind: 'unreachable', message: 'no answer' });
  await fire(daemon);
  expect(history.of('task').filter(({ task }) => task === 'T')).toMatchObject([
    { outcome: 'error', why: 'office has died, or is not connected' },
    { outcome: 'error', why: 'office has ended' },
    { outcome: 'error', why: 'no server of the fleet answers (no answer)' },
  ]);
});

it('A task is run here when the exchange says so.', async () => {
  const { exchange, daemon } = await begin();
  exchange.answer = () => ({ kind: 'here' });
  await fire(daemon);
  expect(daemon.processes.runs.map(({ request }) => request.command)).toEqual(['t', 'next']);
});

it('What a task waits for is in the status and in the stories, and the end of the program names it.', async () => {
  const { exchange, daemon } = await begin();
  exchange.answer = () => daemon.clock.sleep(30_000).then(() => exchange.done('success'));
  await fire(daemon);
  exchange.say('a server of the fleet (none answers)');
  const waits = 'waits for a server of the fleet (none answers)';
  const status = () => daemon.status.conditions()[0];
  expect(status()).toMatchObject({ state: 'running', why: expect.stringMatching(/^its tasks are running since .*; /) });
  expect(status()?.why).toContain(`; task T ${waits}`);
  expect(daemon.journal.story('C').at(-1)?.why).toBe(`task T ${waits}`);
  expect(daemon.journal.story('T').at(-1)).toMatchObject({ finish: 'waiting', why: `it ${waits}` });
  exchange.say(undefined);
  expect(status()?.why).not.toContain('waits');
  exchange.say('b');
  expect(await daemon.submit('exit')).toMatchObject({ said: 'ending when these are done: C (waits for b)' });
  expect(daemon.lines.at(-1)).toContain('waiting for busy conditions: C (waits for b)');
  await daemon.advance(60);
  expect(daemon.ending).toBe('exit');
});

it.each(['cancel C', 'kill'])('By %s what another machine does is ended.', async (command) => {
  const { exchange, daemon, history } = await begin();
  exchange.answer = (signal) =>
    new Promise((resolve) =>
      signal.addEventListener('abort', () => void daemon.clock.sleep(5000).then(() => resolve({ kind: 'cancelled' }))),
    );
  await fire(daemon);
  await daemon.submit(command);
  await daemon.advance(8);
  expect(exchange.ended).toHaveLength(1);
  const [task] = history.of('task');
  if (command === 'kill') expect(task).toMatchObject({ outcome: 'error', code: 'scheduler-ended' });
  else expect(task).toMatchObject({ outcome: 'cancelled' });
  if (command === 'kill') expect(daemon.ending).toBe('kill');
});

it('What another machine asks for runs with the variables of its run, and its output and outcome go back.', async () => {
  const act = { seconds: 2, stdout: 'written', end: { how: 'exit', code: 4 } } as const;
  const { exchange, daemon, history } = await begin(FILE('any', 'success_status = 0'), { t: [act] });
  const { worker } = exchange;
  const [{ definition, where } = { definition: '', where: '' }] = worker.tasks();
  const run = { condition: 'Far', run: 'run-77', fence: 5, attempt: { number: 2, of: 3 } };
  const work: Work = { task: 'T', definition, where, onLost: 'miss', run };
  expect([worker.accepts(work), worker.accepts({ ...work, definition: 'another' })]).toEqual([true, false]);
  const first = worker.execute('office', work, new AbortController().signal);
  const second = worker.execute('office', work, new AbortController().signal);
  await daemon.advance(1);
  expect(daemon.processes.runs).toHaveLength(1);
  await daemon.submit('exit');
  expect([worker.accepts(work), daemon.ending]).toEqual([false, undefined]);
  await daemon.advance(5);
  for (const one of [await first, await second])
    expect(one).toMatchObject({ outcome: { kind: 'failure', reason: { status: 4 } }, output: { stdout: 'written' } });
  expect(daemon.ending).toBe('exit');
  expect(daemon.processes.runs[0]?.request.variables).toMatchObject({
    ...{
      WHENEVER_CONDITION: 'Far',
      WHENEVER_TASK: 'T',
      WHENEVER_RUN: 'run-77',
      WHENEVER_FENCE: '5',
      WHENEVER_ATTEMPT: '2',
    },
  });
  expect(daemon.lines.filter((line) => line.includes('for office')).map((line) => line.slice(11))).toContainEqual(
    expect.stringMatching(/TASK active T\/1 \[END\/FAIL\] \(trigger: Far on office\) has run for office: failure$/),
  );
  expect(history.of('task')).toEqual([]);
  expect(await worker.execute('office', { ...work, definition: '' }, new AbortController().signal)).toMatchObject({
    outcome: { kind: 'error', reason: { code: 'not-started' } },
  });
});

it('What another machine asks for is ended with its signal, also while it waits.', async () => {
  const { exchange, daemon } = await begin(FILE('any'), { t: [{ seconds: 1000 }] });
  const { worker } = exchange;
  const { definition = '' } = worker.tasks()[0] ?? {};
  const work: Work = { task: 'T', definition, where: 'any', onLost: 'miss', run: { condition: 'Far', run: null } };
  const controllers = [new AbortController(), new AbortController()];
  const runs = controllers.map(({ signal }) => worker.execute('office', work, signal));
  await daemon.advance(1);
  for (const controller of controllers) controller.abort({ code: 'cancelled' });
  await daemon.advance(3);
  for (const run of runs) expect((await run).outcome).toEqual({ kind: 'none', reason: { code: 'cancelled' } });
  expect(daemon.lines.filter((line) => line.includes('for office: '))).toEqual([
    ...Array.from({ length: 2 }, () => expect.stringMatching(/INFO .*\[END\/MSG\].* for office: cancelled$/)),
  ]);
  expect(daemon.processes.runs).toHaveLength(1);
});
