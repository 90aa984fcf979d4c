import { describe, expect, test } from 'vitest';
import { formatExplanation } from '../../src/commands/explain.ts';
import { formatStory } from '../../src/commands/story.ts';
import { type BugReport, bugReportSource, parseBugReport } from '../../src/control/bug-report.ts';
import type { OutputAnswer } from '../../src/control/output-stream.ts';
import type { EventsAnswer, ExplainAnswer, StoryAnswer } from '../../src/control/queries.ts';
import { answerQuery } from '../../src/control/queries.ts';
import type { Request } from '../../src/control/request.ts';
import type { CtlResult } from '../../src/control/request-handler.ts';
import type { StatusReport } from '../../src/control/status.ts';
import type { LogFact, TopicEvent } from '../../src/journal/fact.ts';
import { formatStatus } from '../../src/terminal/status-text.ts';
import { bucket, interval, TICK, task } from '../support/items.ts';
import { requestHandler, responseStream, settle } from '../support/request-handler.ts';

describe('whenever status', () => {
  test('says what runs, what is due and when, what is suspended, and why', async () => {
    const { daemon, ask } = await requestHandler(
      `scheduler_tick_seconds = 5\n${task('T')}${interval('Soon', 60)}${interval('Later', 3600)}${interval('Off', 60, 'suspended = true')}${interval('Bare', 60, '', '[]')}${bucket('Asked')}${interval('Busy', 5)}`,
      { processes: { T: [{ seconds: 30, end: { how: 'exit', code: 0 } }] } },
    );
    await daemon.advance(7);
    const report = await ask<StatusReport>({ request: 'status' });
    expect(report.state).toBe('running');
    expect(report.counts).toEqual({
      ...{ running: 1, queued: 0, checking: 0, held: 0, waiting: 3 },
      ...{ suspended: 1, exhausted: 0, finished: 0, 'no-tasks': 1 },
    });
    const seen = report.conditions.map(({ name, group, running }) => [name, group, ...running]);
    expect(seen).toEqual([
      ['Busy', 'running', 'T'],
      ['Soon', 'waiting'],
      ['Later', 'waiting'],
      ['Asked', 'waiting'],
      ['Off', 'suspended'],
      ['Bare', 'no-tasks'],
    ]);
    const [, soon, later, asked, off] = report.conditions;
    // The tick at which it can be true, not an instant between two.
    expect(soon!.next! % 5000).toBe(0);
    expect(soon!.next! - report.now).toBeGreaterThan(50_000);
    expect(later!.why).toMatch(/^not due until \d\d:\d\d:\d\d$/);
    expect(asked!.next).toBeNull();
    expect(off!.why).toBe('suspended = true in the file');
    const text = formatStatus(report);
    expect(text).toMatch(
      /^whenever \S+ is running: process 17, for 7 s, with \/at\/test\.toml\nConditions: 1 running, 3 waiting, 1 suspended, 1 no-tasks/,
    );
    expect(text).toMatch(/^Busy +running +now +- +- +its tasks are running since .* \(T\)$/m);
  });

  test('says which of several conditions has a task, and that the others are queued for it', async () => {
    const { daemon, ask } = await requestHandler(
      `${TICK}${task('Slow')}${interval('A', 5, '', '["Slow"]')}${interval('B', 5, '', '["Slow"]')}${interval('C', 5, '', '["Slow"]')}`,
      { processes: { Slow: [{ seconds: 20 }] } },
    );
    const seen = async () => {
      const { conditions, counts } = await ask<StatusReport>({ request: 'status' });
      return { ...counts, rows: conditions.map(({ name, group, why, running }) => [name, group, why, ...running]) };
    };
    await daemon.advance(7);
    expect(await seen()).toMatchObject({
      ...{ running: 1, queued: 2 },
      rows: [
        ['A', 'running', 'its tasks are running since 12:00:05', 'Slow'],
        ['B', 'queued', 'it waits since 12:00:05: task Slow runs for A'],
        ['C', 'queued', 'it waits since 12:00:05: task Slow runs for A, then for B'],
      ],
    });
    await daemon.advance(20);
    expect(await seen()).toMatchObject({
      ...{ running: 1, queued: 1, finished: 1 },
      rows: [
        ['B', 'running', 'its tasks are running since 12:00:25', 'Slow'],
        ['C', 'queued', 'it waits since 12:00:05: task Slow runs for B'],
        ['A', 'finished', expect.any(String)],
      ],
    });
  });

  test('a condition is queued as long as none of its tasks runs for it', async () => {
    const { daemon, ask } = await requestHandler(
      `${TICK}${task('Slow')}${task('Own')}${interval('A', 5, '', '["Slow"]')}${interval('B', 5, 'execute_sequence = false', '["Slow", "Own"]')}`,
      { processes: { Slow: [{ seconds: 20 }], Own: [{ seconds: 8 }] } },
    );
    const seen = async () => {
      const [found] = (await ask<StatusReport>({ request: 'status', conditions: ['B'] })).conditions;
      return [found!.group, ...found!.running];
    };
    await daemon.advance(7);
    expect(await seen()).toEqual(['running', 'Own']);
    await daemon.advance(10);
    expect(await seen()).toEqual(['queued']);
    await daemon.advance(10);
    expect(await seen()).toEqual(['running', 'Slow']);
  });

  test('of some conditions shows these, and names that are none', async () => {
    const { ask } = await requestHandler(`${task('T')}${interval('A', 60)}${interval('B', 60)}`);
    const report = await ask<StatusReport>({ request: 'status', conditions: ['B', 'condition/A', 'Q'] });
    expect(report.conditions.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(report.unknown).toEqual(['Q']);
    expect(report.counts.waiting).toBe(2);
  });

  test('tells of a pause, and of a condition whose event waits', async () => {
    const { daemon, ask } = await requestHandler(`${task('T')}${bucket('Asked')}`);
    await daemon.advance(1);
    await ask({ request: 'ctl', line: 'trigger Go' });
    const [waiting] = (await ask<StatusReport>({ request: 'status' })).conditions;
    expect(waiting!.why).toBe('its event has come, it is checked at the next tick');
    await ask({ request: 'ctl', line: 'pause' });
    expect(await ask<StatusReport>({ request: 'status' })).toMatchObject({
      ...{ state: 'paused', conditions: [{ why: 'the scheduler is paused; its event has come' }] },
    });
  });

  test('says what the last check came to, until it is run or reset', async () => {
    const probe = `[[condition]]\nname = "C"\ntype = "command"\nstartup_path = "/"\ncommand = "probe"\ncommand_arguments = []\nsuccess_status = 0\nrecurring = true\ncheck_after = 20\ntasks = ["T"]\n`;
    const { daemon, ask } = await requestHandler(`${TICK}${task('T')}${probe}`, {
      processes: { probe: [{ end: { how: 'exit', code: 1 } }, { end: { how: 'exit', code: 0 } }] },
    });
    const [one] = (await ask<StatusReport>({ request: 'status' })).conditions;
    expect(one!.lastCheck).toBeNull();
    await daemon.advance(26);
    const report = await ask<StatusReport>({ request: 'status' });
    expect(report.conditions[0]!.lastCheck).toBe('exit code 1 is not the success status 0');
    expect(formatStatus(report)).toMatch(/ exit code 1 is not the success status 0 \(check_after has \d+ s left\)$/m);
    await ask({ request: 'ctl', line: 'reset_conditions C' });
    expect((await ask<StatusReport>({ request: 'status' })).conditions[0]!.lastCheck).toBeNull();
    await daemon.advance(30);
    expect((await ask<StatusReport>({ request: 'status' })).conditions[0]!.lastCheck).toBeNull();
  });
});

describe('whenever ctl', () => {
  const ctl = async (line: string, toml = `${task('T')}${interval('A', 60)}${bucket('Asked')}`) => {
    const { ask } = await requestHandler(toml);
    return ask<CtlResult>({ request: 'ctl', line });
  };
  test.each<[line: string, kind: CtlResult['kind'], said: RegExp, idle?: true]>([
    ['pause', 'done', /^the scheduler is paused$/],
    ['resume', 'no-effect', /not paused/],
    ['suspend_condition A', 'done', /^condition A suspended$/],
    ['resume_condition A', 'done', /^condition A is not suspended: nothing to resume$/, true],
    ['suspend_condition Q', 'no-effect', /^no such condition: Q$/],
    ['reset_conditions', 'done', /^2 conditions are reset$/],
    ['reset_conditions A', 'done', /^the condition is reset$/],
    ['reset_conditions A Q', 'no-effect', /^no such condition: Q$/],
    ['trigger Go', 'done', /^event Go: condition Asked is pending$/],
    ['trigger Stop', 'no-effect', /^there is no event Stop$/],
    ['configure missing.toml', 'no-effect', /^refused, nothing changed:\n/],
    ['pause now', 'refused', /^pause: expected a duration .* found "now"$/],
    ['sleep', 'refused', /^unknown command "sleep"/],
    ['', 'refused', /^empty command$/],
  ])('"%s" is answered with what happened', async (line, kind, said, idle) => {
    const cause = line === '' ? {} : { cause: 'command-1' };
    expect(await ctl(line)).toEqual({ kind, said: expect.stringMatching(said), idle: idle ?? false, ...cause });
  });

  test('the cause of a command in its answer leads to the story of what came of it', async () => {
    const { ask, daemon } = await requestHandler(`${task('T')}${bucket('Asked')}`);
    const { cause } = await ask<CtlResult>({ request: 'ctl', line: 'trigger Go' });
    await daemon.advance(10);
    const { chapters } = await ask<StoryAnswer>({ request: 'story', items: [cause!] });
    expect(chapters.map(({ key, finish }) => `${key} ${finish}`)).toContain('condition/Asked running');
    expect(chapters.every((chapter) => chapter.cause === cause)).toBe(true);
  });

  test('a refused file is in the status with its whole path, since when, and what was wrong', async () => {
    const { ask, daemon } = await requestHandler(task('T'));
    expect(await ask({ request: 'status', conditions: [] })).not.toHaveProperty('refused');
    const since = daemon.clock.wall();
    await ask({ request: 'ctl', line: 'configure missing.toml' });
    const { refused } = await ask<StatusReport>({ request: 'status', conditions: [] });
    expect(refused).toEqual({ file: '/at/missing.toml', since, problems: [expect.stringContaining('missing.toml')] });
  });

  test('an event whose condition is suspended is dropped, and the answer says so', async () => {
    const { ask } = await requestHandler(`${task('T')}${bucket('Asked')}`);
    await ask({ request: 'ctl', line: 'suspend_condition Asked' });
    expect(await ask<CtlResult>({ request: 'ctl', line: 'trigger Go' })).toEqual({
      kind: 'done',
      said: 'event Go: condition Asked is suspended, the event is dropped',
      idle: true,
      cause: 'command-2',
    });
  });

  test('what a busy condition is told is answered twice: that it is queued, and when it is done', async () => {
    const { daemon, ask } = await requestHandler(`scheduler_tick_seconds = 1\n${task('T')}${interval('A', 1)}`, {
      processes: { T: [{ seconds: 30, end: { how: 'exit', code: 0 } }] },
    });
    await daemon.advance(3);
    const { one, parts } = responseStream();
    let end: CtlResult | undefined;
    void ask<CtlResult>({ request: 'ctl', line: 'suspend_condition A' }, one).then((answer) => {
      end = answer;
    });
    await settle();
    expect(parts).toEqual([
      { kind: 'done', said: 'condition A is busy: its suspension is queued', idle: false, cause: 'command-1' },
    ]);
    expect(end).toBeUndefined();
    await daemon.advance(40);
    expect(end).toEqual({ kind: 'done', said: 'condition A suspended', idle: false, cause: 'command-1' });
    expect((await ask<StatusReport>({ request: 'status' })).conditions[0]!.group).toBe('suspended');
  });

  test('a file that is loaded is answered when it is loaded, or refused with all that is wrong', async () => {
    const { daemon, ask } = await requestHandler(`${task('T')}${interval('A', 60)}`, {
      files: { 'good.toml': `${task('T')}${interval('B', 60)}`, 'bad.toml': interval('B', 60) },
    });
    expect(await ask<CtlResult>({ request: 'ctl', line: 'configure good.toml' })).toMatchObject({
      kind: 'done',
      said: 'configuration good.toml loaded',
    });
    const report = await ask<StatusReport>({ request: 'status' });
    expect(report.conditions.map(({ name }) => name)).toEqual(['B']);
    expect(report.config).toBe('/at/good.toml');
    const refused = await ask<CtlResult>({ request: 'ctl', line: 'configure bad.toml' });
    expect(refused.kind).toBe('no-effect');
    expect(refused.said).toMatch(/bad\.toml:\d+:\d+: condition "B": tasks: there is no task "T"/);
    expect(daemon.scheduler.file).toBe('good.toml');
  });

  test('"exit" is answered when the scheduler has ended', async () => {
    const { daemon, ask } = await requestHandler(`scheduler_tick_seconds = 1\n${task('T')}${interval('A', 1)}`, {
      processes: { T: [{ seconds: 5, end: { how: 'exit', code: 0 } }] },
    });
    await daemon.advance(3);
    const { one, parts } = responseStream();
    const answer = ask<CtlResult>({ request: 'ctl', line: 'exit' }, one);
    await settle();
    expect(parts).toEqual([{ kind: 'done', said: 'ending when these are done: A', idle: false, cause: 'command-1' }]);
    await daemon.advance(10);
    expect(await answer).toMatchObject({ said: 'the scheduler has ended' });
  });
});

describe('whenever explain', () => {
  test('says why a nightly job did not run, newest first, in sentences', async () => {
    const nightly = `[[condition]]\nname = "Nightly"\ntype = "time"\ntime_specifications = [{ hour = 2, minute = 30 }]\nrecurring = true\ntasks = ["T"]\n`;
    const { daemon, ask } = await requestHandler(`${task('T')}${nightly}`);
    await daemon.advance(1);
    await ask({ request: 'ctl', line: 'suspend_condition Nightly' });
    await daemon.advance(24 * 3600);
    const answer = await ask<ExplainAnswer>({ request: 'explain', condition: 'Nightly' });
    const text = formatExplanation(answer, daemon.clock.wall());
    expect(text).toMatch(/^Nightly is suspended: suspended by a command \(command-1\)\.\n/);
    const [newest, oldest] = text.split('\n').slice(3);
    expect(newest).toMatch(/1 d 0 h ago: it was suspended by a command\. \[command-1\]$/);
    expect(oldest).toMatch(/it is in the file; not due until .*02:30:00( \w+)?\. \[start-1\]$/);
  });

  test('tells of the tasks it ran, and what they came to', async () => {
    const { daemon, ask } = await requestHandler(`scheduler_tick_seconds = 1\n${task('T')}${interval('A', 5)}`, {
      processes: { T: [{ seconds: 0.01, end: { how: 'exit', code: 3 } }] },
    });
    await daemon.advance(7);
    const text = formatExplanation(await ask({ request: 'explain', condition: 'A' }), daemon.clock.wall());
    expect(text).toMatch(/its run ended: task T failed: /);
    expect(text).toMatch(/it ran its tasks, because its interval of 5 s has passed/);
    expect(text).toMatch(/task T failed: exit code 3 is not the success status 0\. \[tick-/);
    expect(text).not.toMatch(/task T began/);
  });

  test('the newest come first, and as many as are asked for', async () => {
    const { daemon, ask } = await requestHandler(`scheduler_tick_seconds = 1\n${task('T')}${interval('A', 2)}`);
    await daemon.advance(9);
    const all = (await ask<ExplainAnswer>({ request: 'explain', condition: 'A' })).chapters;
    expect(all.map(({ lastTime }) => lastTime)).toEqual([...all.map(({ lastTime }) => lastTime)].sort((a, b) => b - a));
    const two = await ask<ExplainAnswer>({ request: 'explain', condition: 'condition/A', count: 2 });
    expect(two.chapters).toEqual(all.slice(0, 2));
  });

  test('a condition that is none is not known', async () => {
    const { ask } = await requestHandler(`${task('T')}${interval('A', 2)}`);
    expect(await ask<ExplainAnswer>({ request: 'explain', condition: 'T' })).toMatchObject({
      known: false,
      status: null,
    });
  });
});

describe('whenever story and events', () => {
  test('A story is told in the order in which each row happened last: a task that has ended is not said to run.', async () => {
    const toml = `${TICK}${task('T')}${interval('A', 5)}`;
    const { daemon, ask } = await requestHandler(toml, {
      processes: { T: [{ end: { how: 'exit', code: 0 } }, { end: { how: 'exit', code: 1 } }] },
    });
    for (let i = 0; i < 12; i++) {
      await daemon.advance(5);
      const { chapters } = await ask<StoryAnswer>({ request: 'story', items: ['T'] });
      expect(chapters.map(({ lastTime }) => lastTime)).toEqual(chapters.map(({ lastTime }) => lastTime).toSorted());
      expect(chapters.at(-1)!.finish).toBe(daemon.journal.stateOf('task/T'));
    }
    const told = formatStory(await ask<StoryAnswer>({ request: 'story', items: ['T'] }));
    expect(told.trimEnd().split('\n').at(-1)).toMatch(
      /^2026-03-02 12:01:00 Mon .* running → failed .* \(11 times since 12:00:10\)$/,
    );
  });

  test('a story is found by the exact name, and by cause', async () => {
    const { daemon, ask } = await requestHandler(`${task('T')}${interval('A', 60)}${interval('AA', 60)}`);
    await daemon.advance(1);
    await ask({ request: 'ctl', line: 'suspend_condition A' });
    const story = async (...items: string[]) => (await ask<StoryAnswer>({ request: 'story', items })).chapters;
    expect(new Set((await story('A')).map(({ key }) => key))).toEqual(new Set(['condition/A']));
    const [by] = await story('command-1');
    expect(by).toMatchObject({ key: 'condition/A', finish: 'suspended', cause: 'command-1' });
    await daemon.advance(60);
    const ran = (await story('AA')).find(({ finish }) => finish === 'running');
    expect((await story(ran?.run ?? '')).map(({ key }) => key)).toContain('task/T');
    expect((await ask<StoryAnswer>({ request: 'story', items: ['A'], count: 1 })).chapters).toEqual([by]);
    expect(await story('Nobody')).toEqual([]);
  });

  test('without a topic all topics are listed with their counts; reading one creates nothing', async () => {
    const { ask } = await requestHandler(`${task('T')}${interval('A', 60)}`);
    expect(await ask<EventsAnswer>({ request: 'events', topic: 'unheard' })).toEqual({
      ...{ topic: 'unheard', total: 0, events: [] },
    });
    const { topics } = await ask<Extract<EventsAnswer, { readonly topics: unknown }>>({ request: 'events' });
    expect(topics.map(({ topic }) => topic)).not.toContain('unheard');
    expect(topics.find(({ topic }) => topic === 'scheduler')!.total).toBeGreaterThan(0);
  });

  test('followed events are those that are kept, then those that come, until one leaves', async () => {
    const { daemon, ask } = await requestHandler(`${task('T')}${interval('A', 60)}`);
    daemon.journal.logEvent('mine', 'before');
    const { one, parts, leave } = responseStream();
    const end = ask({ request: 'events', topic: 'mine', follow: true }, one);
    daemon.journal.logEvent('mine', { n: 2 });
    daemon.journal.logEvent('other', 'not for us');
    await settle();
    expect((parts as TopicEvent[]).map(({ message }) => message)).toEqual(['before', { n: 2 }]);
    leave();
    await end;
    daemon.journal.logEvent('mine', 'after');
    expect(parts).toHaveLength(2);
  });

  test('what one who does not read misses is counted, and said when it reads again', async () => {
    const { daemon, ask } = await requestHandler(`${task('T')}${interval('A', 60)}`);
    let reads = true;
    const { one, parts, leave, readOn } = responseStream(() => reads);
    const end = ask({ request: 'events', topic: 'mine', follow: true }, one);
    reads = false;
    for (let i = 0; i < 5; i++) daemon.journal.logEvent('mine', i);
    await settle();
    reads = true;
    readOn();
    await settle();
    expect(parts).toEqual([{ dropped: 5 }]);
    daemon.journal.logEvent('mine', 'seen');
    await settle();
    expect(parts).toHaveLength(2);
    leave();
    await end;
  });
});

describe('whenever logs', () => {
  const run = async () => {
    const one = await requestHandler(`scheduler_tick_seconds = 1\n${task('T')}${interval('A', 2)}${interval('B', 3)}`);
    await one.daemon.advance(10);
    return one;
  };
  test('shows the last records in the order they came, by count, level, item and time', async () => {
    const { daemon, ask } = await run();
    const logs = (more: object) => ask<LogFact[]>({ request: 'logs', ...more });
    const all = await logs({});
    expect(all.map(({ seq }) => seq)).toEqual([...all.map(({ seq }) => seq)].sort((a, b) => a - b));
    expect(all.length).toBeGreaterThan(5);
    expect(await logs({ count: 0 })).toEqual(all);
    expect(await logs({ count: 2 })).toEqual(all.slice(-2));
    expect(await logs({ level: 'error' })).toEqual([]);
    expect(await logs({ item: 'B' })).toEqual(all.filter(({ context }) => context.item === 'B'));
    expect(await logs({ item: 'condition/B' })).toEqual(all.filter(({ context }) => context.item === 'B'));
    const since = daemon.clock.wall() - 3000;
    expect(await logs({ since })).toEqual(all.filter(({ time }) => time >= since));
  });

  test('followed at trace it shows what is not logged, as long as it is followed', async () => {
    const { daemon, ask } = await run();
    const { one, parts, leave } = responseStream();
    const end = ask({ request: 'logs', follow: true, level: 'trace', item: 'A', count: 1 }, one);
    await settle();
    parts.length = 0;
    await daemon.advance(3);
    const levels = new Set((parts as LogFact[]).map(({ level }) => level));
    expect(levels).toContain('trace');
    expect(new Set((parts as LogFact[]).map(({ context }) => context.item))).toEqual(new Set(['A']));
    // Each visit of a tick is one of its records.
    expect((parts as LogFact[]).filter(({ message }) => message === 'condition taken for checking')).toHaveLength(3);
    expect((parts as LogFact[])[0]).toMatchObject({
      kind: 'log',
      item: 'condition/A',
      cause: expect.stringMatching(/^tick-/),
    });
    leave();
    await end;
    expect(daemon.records.log.wants('trace')).toBe(false);
    expect(daemon.records.all.every(({ level }) => level !== 'trace')).toBe(true);
  });
});

describe('whenever dump', () => {
  const SECRETS = 'environment_variables = { API_TOKEN = "abcdef123456", LANG = "C" }';
  const dump = async () => {
    const { daemon, ask } = await requestHandler(
      `scheduler_tick_seconds = 1\n${task('T', SECRETS)}${interval('A', 2)}`,
    );
    await daemon.advance(5);
    daemon.journal.logEvent('mine', { header: 'the token is abcdef123456' });
    return { ask, bundle: JSON.parse(JSON.stringify(await ask({ request: 'dump' }))) as BugReport };
  };

  test('has configuration, states, stories, events, records and versions, and is known by its format', async () => {
    const { bundle } = await dump();
    expect(parseBugReport(bundle)).toBe(bundle);
    expect(bundle.versions).toMatchObject({ node: 'v20', whenever: expect.any(String) });
    expect(bundle.states['condition/A']).toBe('waiting');
    expect(bundle.stories.chapters.length).toBeGreaterThan(2);
    expect(bundle.events.mine!.total).toBe(1);
    expect(bundle.records.length).toBeGreaterThan(0);
    expect(bundle.config).toMatchObject({ file: 'test.toml' });
  });

  test('holds no secret of the configuration, wherever it stands', async () => {
    const { bundle } = await dump();
    const text = JSON.stringify(bundle);
    expect(text).not.toContain('abcdef123456');
    expect(text).toContain('"API_TOKEN":"•••"');
    expect(text).toContain('"LANG":"C"');
  });

  test.each<Request>([
    { request: 'status' },
    { request: 'status', conditions: ['A', 'Q'] },
    { request: 'story', items: ['A'] },
    { request: 'story', items: ['tick-1', 'T'], count: 2 },
    { request: 'explain', condition: 'A' },
    { request: 'events' },
    { request: 'events', topic: 'condition/A' },
    { request: 'logs', count: 3, level: 'info', item: 'A' },
  ])('answers %j as the instance did', async (request) => {
    const { ask, bundle } = await dump();
    const live = JSON.parse(JSON.stringify(await ask(request)));
    expect(JSON.parse(JSON.stringify(answerQuery(bugReportSource(bundle), request)))).toEqual(live);
  });
});

describe('output', () => {
  const toml = `${TICK}[[task]]\nname = "T"\ntype = "command"\ncommand = "T"\ncommand_arguments = []\nstartup_path = "/"\n[[condition]]\nname = "C"\ntype = "interval"\ninterval_seconds = 5\nrecurring = true\ntasks = ["T"]\n`;

  test('is that of the run under way, or of the last one; with follow it comes as parts until the run ends', async () => {
    const { daemon, ask } = await requestHandler(toml, { processes: { T: [{ stdout: 'so far\n', seconds: 3 }] } });
    await daemon.advance(4);
    expect(await ask<OutputAnswer>({ request: 'output', item: 'T' })).toMatchObject({ known: true, latest: null });
    await daemon.advance(2);
    const { one, parts } = responseStream();
    const answer = ask<OutputAnswer>({ request: 'output', item: 'T', follow: true }, one);
    await settle();
    expect(parts).toEqual([
      { item: 'task/T', running: 'run-1' },
      { stream: 'stdout', text: 'so far\n' },
    ]);
    const { request } = daemon.processes.runs[0]!;
    request.output?.('stderr', Buffer.from('half'));
    expect(parts).toHaveLength(2);
    request.output?.('stderr', Buffer.from(' a line\n'));
    expect(parts.at(-1)).toEqual({ stream: 'stderr', text: 'half a line\n' });
    await daemon.advance(3);
    const output = { stdout: 'so far\n', stderr: 'half a line\n' };
    expect(await answer).toEqual({
      ...{ item: 'task/T', known: true, history: null, followed: true, leftOut: 0 },
      latest: { run: 'run-1', running: false, output },
    });
    const later = await ask<OutputAnswer>({ request: 'output', item: 'task/T', follow: true });
    expect(later).toMatchObject({ followed: false, latest: { run: 'run-1', output } });
    expect(await ask<OutputAnswer>({ request: 'output', item: 'X' })).toMatchObject({ item: 'task/X', known: false });
  });

  test('of more than is sent in a second, what is left out is counted, and no line is cut', async () => {
    const { daemon, ask } = await requestHandler(toml, { processes: { T: [{ seconds: 3 }] } });
    await daemon.advance(6);
    const { one, parts } = responseStream();
    const answer = ask<OutputAnswer>({ request: 'output', item: 'T', follow: true }, one);
    await settle();
    const { request } = daemon.processes.runs[0]!;
    const flood = Buffer.from('0123456\npass'.padEnd(60_000, '.'));
    for (let i = 0; i < 20; i += 1) request.output?.('stdout', flood);
    await daemon.advance(1);
    request.output?.('stdout', Buffer.from('word=hunter2\nafter\n'));
    await daemon.advance(3);
    expect((await answer).leftOut).toBe(0);
    expect(parts.slice(-2)).toEqual([{ leftOut: 16 * 60_000 }, { stream: 'stdout', text: 'after\n' }]);
    expect(JSON.stringify(parts)).not.toContain('hunter2');
  });

  test('ends when the client goes', async () => {
    const { daemon, ask } = await requestHandler(toml, { processes: { T: [{ seconds: 30, stdout: 'a\n' }] } });
    await daemon.advance(6);
    const { one, leave, parts } = responseStream();
    const answer = ask<OutputAnswer>({ request: 'output', item: 'T', follow: true }, one);
    await settle();
    leave();
    expect(await answer).toMatchObject({ followed: true });
    daemon.processes.runs[0]!.request.output?.('stdout', Buffer.from('b\n'));
    expect(parts).toHaveLength(2);
  });
});
