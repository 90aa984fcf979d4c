import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileAnswer, ItemAnswer, Overview, Questions, RunColumns } from '../../src/web/api.ts';
import { onDemand, Place, shellTask, TICK } from '../support/program.ts';
import { WebClient } from './support/web-client.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const TOML = `${TICK}
${shellTask('Good', 'echo all is well')}
${shellTask('Bad', 'echo out of order >&2; exit 3', 'success_status = 0\nenvironment_variables = { API_TOKEN = "s3cr3t-value-9" }')}
${shellTask('Slow', 'echo begins; read line < "$PWD/go"; echo ends')}
${onDemand('Fine', ['Good'])}
${onDemand('Broken', ['Good', 'Bad'])}
${onDemand('Waits', ['Slow'])}
`;

const running = async (toml = TOML) => {
  const program = place.start(['-J', '-L', 'info'], { toml });
  await program.record(/^MAIN starting/);
  return program;
};

describe('the live connection', () => {
  test('a run begins and ends on the page; its status follows', async () => {
    await running();
    const web = await WebClient.start(place);
    const live = await web.live();
    await live.message('overview', ({ overview }) => overview.instance.state === 'running');
    const answer = await web.action('run', { name: 'Broken' });
    expect(JSON.parse(answer.text)).toMatchObject({ kind: 'done', idle: false });
    const { run: begun } = await live.message('run', ({ run }) => run.outcome === 'running');
    const { run } = await live.message('run', (message) => message.run.outcome === 'failure');
    expect(run).toMatchObject({ condition: 'Broken', task: 'Bad', run: begun.run, hasOutput: false });
    expect(run.tasks.map(({ task, outcome, hasOutput }) => [task, outcome, hasOutput])).toEqual([
      ['Good', 'success', true],
      ['Bad', 'failure', true],
    ]);
    expect(run.tasks[1]).not.toHaveProperty('stderr');
    const { conditions } = await live.message('status', (message) =>
      message.conditions.some(({ name, last }) => name === 'Broken' && last?.failed === true),
    );
    expect(conditions.find(({ name }) => name === 'Broken')?.last?.lastLine).toBe('out of order');
    const output = await web.question<Questions['output']['answer']>(
      'output',
      `?session=${run.session}&run=${run.run}`,
    );
    expect(output.outputs).toEqual([
      { task: 'Good', stdout: 'all is well\n' },
      { task: 'Bad', stderr: 'out of order\n' },
    ]);
  });

  test('the page shows since when the instance does not run, and that it is back, by itself', async () => {
    const first = await running();
    const web = await WebClient.start(place);
    const live = await web.live();
    await live.message('overview', ({ overview }) => overview.instance.state === 'running');
    first.kill('SIGKILL');
    await first.ended;
    const { instance } = await live.message('instance', (message) => message.instance.state === 'not-running');
    expect(Math.abs(Date.now() - instance.since)).toBeLessThan(60_000);
    expect((await web.action('pause')).status).toBe(503);
    const from = live.messages.length;
    const second = await running();
    await live.message('instance', (message) => message.instance.state === 'running', from);
    const { head } = await live.message('status', () => true, from);
    expect(head.pid).toBe(second.child.pid);
  });

  test('without an instance the page shows what the history knows, and when the instance was last known to run', async () => {
    const program = await running();
    const web = await WebClient.start(place);
    const live = await web.live();
    await live.message('overview', ({ overview }) => overview.instance.state === 'running');
    await web.action('run', { name: 'Fine' });
    await live.message('run', ({ run }) => run.outcome === 'success');
    program.kill('SIGTERM');
    await program.ended;
    web.program.kill('SIGTERM');
    await web.program.ended;
    const again = await WebClient.start(place);
    const overview = await again.question<Overview>('overview');
    expect(overview.instance.state).toBe('not-running');
    expect(overview.status).toBeNull();
    expect(overview.config).toBe(place.file('config.toml'));
    expect(overview.events.toSorted()).toEqual(['Go_Broken', 'Go_Fine', 'Go_Waits']);
    expect(Math.abs(Date.now() - overview.instance.since)).toBeLessThan(120_000);
    const { entries } = await again.question<Questions['runs']['answer']>('runs', '?item=condition/Fine');
    expect(entries.map(({ kind }) => kind)).toEqual(['run']);
  });

  test('logs and vitals come while a page wants them', async () => {
    await running();
    const web = await WebClient.start(place);
    const live = await web.live();
    await live.message('overview', ({ overview }) => overview.instance.state === 'running');
    for (const type of ['logs', 'vitals']) live.socket.send(JSON.stringify({ type, on: true }));
    const { sample } = await live.message('vitals');
    expect(sample.rss).toBeGreaterThan(1e6);
    await web.action('run', { name: 'Fine' });
    await live.message('logs', ({ records }) => records.some(({ context }) => context.item === 'Fine'));
    expect((await web.question<Questions['vitals']['answer']>('vitals')).samples.length).toBeGreaterThan(0);
  });
});

describe('actions', () => {
  test('the answer to a reload is how it ended', async () => {
    await running();
    const web = await WebClient.start(place);
    const reload = async (): Promise<unknown> => JSON.parse((await web.action('reload')).text);
    expect(await reload()).toMatchObject({ kind: 'done', said: expect.stringMatching(/config\.toml loaded$/) });
    place.write('config.toml', `${TOML}\nunknown_key = 1\n`);
    expect(await reload()).toMatchObject({ kind: 'no-effect', said: expect.stringContaining('unknown_key') });
  });
});

describe('questions', () => {
  const ran = async () => {
    await running();
    const web = await WebClient.start(place);
    const live = await web.live();
    await live.message('overview', ({ overview }) => overview.instance.state === 'running');
    for (const name of ['Fine', 'Broken']) {
      await web.action('run', { name });
      await live.message('run', ({ run }) => run.condition === name && run.outcome !== 'running');
    }
    return web;
  };

  test('columns have each run with its tasks, and texts once', async () => {
    const web = await ran();
    const found = await web.question<RunColumns>('columns', `?since=0&until=${Date.now() + 1000}`);
    const text = (number: number | undefined) => found.texts[number!];
    expect(found.condition.map(text)).toEqual(['Fine', 'Broken']);
    expect(found.outcome.map(text)).toEqual(['success', 'failure']);
    expect(found.tasks.map(([row, task, , , outcome]) => [row, text(task), text(outcome)])).toEqual([
      [0, 'Good', 'success'],
      [1, 'Good', 'success'],
      [1, 'Bad', 'failure'],
    ]);
    expect(new Set(found.texts).size).toBe(found.texts.length);
    expect(found.leftOut).toBe(0);
    const newest = await web.question<RunColumns>('columns', `?since=0&until=${Date.now() + 1000}&rows=1`);
    expect([newest.texts[newest.condition[0]!], newest.leftOut, newest.oldest]).toEqual(['Broken', 1, found.began[0]]);
    expect(newest.tasks.map(([row, task]) => [row, newest.texts[task!]])).toEqual([
      [0, 'Good'],
      [0, 'Bad'],
    ]);
    const older = `?since=0&until=${Date.now() + 1000}&rows=1&before=${newest.first}`;
    expect(await web.question('columns', older)).toMatchObject({ began: [found.began[0]], leftOut: 0 });
    // Nothing of this file goes by the clock.
    expect(await web.question('coming', `?until=${Date.now() + 86_400_000}`)).toEqual({ firings: [] });
    expect(await web.question('columns', '?since=0&until=1')).toMatchObject({ condition: [], tasks: [], texts: [] });
  });

  test('runs are the newest first, those of an item, those that failed, and so many', async () => {
    const web = await ran();
    const names = async (query: string) => {
      const { entries, more } = await web.question<Questions['runs']['answer']>('runs', query);
      return [entries.map((entry) => ('condition' in entry ? entry.condition : entry.kind)), more];
    };
    expect(await names('')).toEqual([['Broken', 'Fine'], false]);
    expect(await names('?count=1')).toEqual([['Broken'], true]);
    expect(await names('?failed=true')).toEqual([['Broken'], false]);
    expect(await names('?item=condition/Fine')).toEqual([['Fine'], false]);
    expect(await names('?item=task/Bad')).toEqual([['Broken'], false]);
  });

  test('an item has its report, its story, its part of the file without secrets, and sentences', async () => {
    const web = await ran();
    let bad: ItemAnswer;
    // The status follows a run when the instance may be asked again.
    do bad = await web.question<ItemAnswer>('item', '?key=task/Bad');
    while (bad.report?.last === null);
    expect(bad.report).toMatchObject({ name: 'Bad', last: { outcome: 'failure' } });
    expect(bad.source?.text).toMatch(/^\[\[task\]\]\nname = "Bad"/);
    expect(bad.source?.text).not.toContain('s3cr3t-value-9');
    expect(bad.source?.text).not.toContain('Slow');
    expect(bad.description.length).toBeGreaterThan(0);
    const broken = await web.question<ItemAnswer>('item', '?key=condition/Broken');
    expect(broken.story.map(({ finish }) => finish)).toContain('running');
    expect((await web.send('/api/item?key=task/None', { headers: { cookie: web.cookie } })).status).toBe(404);
  });

  test('the file comes with its findings, and again after a change', async () => {
    const web = await ran();
    const file = await web.question<FileAnswer>('file');
    expect(file.files.map(({ path }) => path)).toEqual([place.file('config.toml')]);
    expect(file.files[0]!.text).toContain('name = "Bad"');
    expect(file.files[0]!.text).not.toContain('s3cr3t-value-9');
    expect(file.findings.map(({ level }) => level)).not.toContain('error');
    place.write('config.toml', `${TOML}\nunknown_key = 1\n`);
    for (;;) {
      const { findings } = await web.question<FileAnswer>('file');
      if (findings.some(({ id }) => id === 'unknown-key')) break;
    }
  });

  test('a file that was changed after it was loaded is newer, until it is loaded again', async () => {
    const web = await ran();
    expect(await web.question<FileAnswer>('file')).not.toHaveProperty('newer');
    place.write('config.toml', `${TOML}\n# changed\n`);
    expect(await web.question<FileAnswer>('file')).toMatchObject({ newer: true });
    await web.action('reload', {});
    while ((await web.question<FileAnswer>('file')).newer);
  });

  test('the calendar counts what ran, what failed and what is coming, by the hour', async () => {
    const web = await ran();
    const now = Date.now();
    const since = now - 7_200_000;
    const { cells, comingUntil } = await web.question<Questions['calendar']['answer']>(
      'calendar',
      `?since=${since}&until=${now + 7_200_000}`,
    );
    expect(comingUntil).toBe(now + 7_200_000);
    const of = (name: string) => cells.filter(({ condition }) => condition === name);
    expect(of('Fine').map(({ succeeded, failed }) => [succeeded, failed])).toEqual([[1, 0]]);
    expect(of('Broken').map(({ succeeded, failed }) => [succeeded, failed])).toEqual([[0, 1]]);
    expect((of('Fine')[0]!.hour - since) % 3_600_000).toBe(0);
  });

  test('why says what became of an instant, as explain --at does', async () => {
    const web = await ran();
    const { sentences } = await web.question<Questions['why']['answer']>(
      'why',
      '?condition=Fine&at=2020-01-01T00:00:00',
    );
    const { stdout } = await place.run(['explain', 'Fine', '--at', '2020-01-01T00:00:00']);
    expect(stdout.replace(/\s+/g, ' ').trim()).toBe(sentences.join(' '));
    expect((await web.send('/api/why?condition=Fine&at=soon', { headers: { cookie: web.cookie } })).status).toBe(400);
    expect(
      (await web.send('/api/why?condition=None&at=2020-01-01T00:00:00', { headers: { cookie: web.cookie } })).status,
    ).toBe(404);
  });
});
