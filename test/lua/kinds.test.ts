import { describe, expect, it } from 'vitest';
import type { CheckResult, Outcome } from '../../src/core/outcome.ts';
import type { Inbox, Lua, LuaEnd, LuaRequest, LuaResult, PendingEvents, Ports } from '../../src/core/ports.ts';
import { projectEvents } from '../../src/engine.ts';
import { Journal } from '../../src/journal/journal.ts';
import { load } from '../support/daemon.ts';
import { FakeProcesses } from '../support/fake-processes.ts';
import { begin, ORIGIN } from '../support/origin.ts';
import { Records } from '../support/records.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** A port with a fixed result. */
class OneAnswer implements Lua {
  readonly requests: LuaRequest[] = [];
  readonly forgotten: string[] = [];
  readonly #result: LuaResult;
  readonly #initialised: boolean;
  constructor(end: LuaEnd, more: Partial<LuaResult> & { readonly initialised?: boolean } = {}) {
    this.#result = { end, state: { how: 'untouched' }, ...more };
    this.#initialised = more.initialised ?? false;
  }
  async run(request: LuaRequest, listener: Parameters<Lua['run']>[1]): Promise<LuaResult> {
    this.requests.push(request);
    if (this.#initialised) listener.initialised();
    listener.line('info', 'said');
    return this.#result;
  }
  endRun(): void {}
  forget(key: string): void {
    this.forgotten.push(key);
  }
  async killAll(): Promise<void> {}
  async close(): Promise<void> {}
}

interface Checked {
  readonly came: Outcome | CheckResult;
  /** `LEVEL ACTION MARK`, without the message of the script. */
  readonly marks: readonly string[];
  readonly messages: readonly string[];
  readonly lua: OneAnswer;
}

const SCRIPT = `script = '''\nlocal x = 1\nerror("boom")\n'''`;

const make = async (section: 'task' | 'condition', keys: string, lua: OneAnswer) => {
  const config = await load(`[[${section}]]\nname = "I"\ntype = "lua"\n${SCRIPT}\n${keys}\n`);
  const clock = new VirtualClock(0);
  const records = new Records(
    'trace',
    () => clock.wall(),
    () => clock.mono(),
  );
  const around = {
    name: 'I',
    log: records.log.for(section.toUpperCase(), 'active', 'I', 1),
    logAs: (action: string) => records.log.for(section.toUpperCase(), action, 'I', 1),
    ports: {
      ...{
        clock,
        random: () => 0,
        log: records.log,
        events: projectEvents(new Journal(clock), { log: records.log, clock }).events,
      },
      ...{ processes: new FakeProcesses(clock), lua },
    } as unknown as Ports,
    inbox: {} as Inbox,
    own: { starting: false, occur: () => false, note: () => {} },
    pending: {} as PendingEvents,
  };
  return { config, records, clock, around };
};

const shownRecords = (records: Records): Pick<Checked, 'marks' | 'messages'> => {
  const said = records.all.filter((r) => r.context.action === 'active');
  return {
    marks: said.map((r) => `${r.level} ${r.mark}`),
    messages: records.all.map((r) => r.message),
  };
};

const task = async (
  end: LuaEnd,
  keys = '',
  more: ConstructorParameters<typeof OneAnswer>[1] = {},
): Promise<Checked> => {
  const lua = new OneAnswer(end, more);
  const { config, records, around } = await make('task', keys, lua);
  const spec = config.tasks[0]!;
  const body = spec.create({ ...around, locate: (key) => spec.locate(key) });
  const came = await body.run({ condition: 'Cond', origin: ORIGIN, signal: new AbortController().signal });
  body.close?.();
  return { came, lua, ...shownRecords(records) };
};

const condition = async (
  end: LuaEnd,
  keys = '',
  more: ConstructorParameters<typeof OneAnswer>[1] = {},
): Promise<Checked> => {
  const lua = new OneAnswer(end, more);
  const { config, records, clock, around } = await make('condition', `tasks = []\n${keys}`, lua);
  const spec = config.conditions[0]!;
  const body = spec.create({ ...around, locate: (key) => spec.locate(key) });
  const came = await body.check({ wall: 0, mono: clock.mono(), pauses: [], tickMs: 1000, origin: ORIGIN }, begin);
  body.close?.();
  return { came, lua, ...shownRecords(records) };
};

const compared = (...results: ('equal' | 'different' | 'missing')[]): LuaEnd => ({
  how: 'finished',
  comparisons: results.map((result, i) => ({ name: `v${i}`, result })),
});
const ONE = 'expected_results = { v0 = 1, v1 = 2 }';
const ALL = `${ONE}\nexpect_all = true`;
const boom: LuaEnd = { how: 'script-error', message: 'task I:2: boom\nmore' };

describe('a Lua task', () => {
  it.each([
    ['nothing expected', compared(), '', 'none', ['debug START/OK', 'debug END/OK']],
    [
      'one of two holds',
      compared('different', 'equal'),
      ONE,
      'success',
      ['debug START/OK', 'debug PROC/MSG', 'debug PROC/OK', 'debug END/OK'],
    ],
    [
      'none holds',
      compared('different', 'missing'),
      ONE,
      'failure',
      ['debug START/OK', 'debug PROC/MSG', 'debug END/OK'],
    ],
    ['all hold', compared('equal', 'equal'), ALL, 'success', ['debug START/OK', 'debug PROC/MSG', 'debug END/OK']],
    [
      'one of all differs',
      compared('equal', 'different'),
      ALL,
      'failure',
      ['debug START/OK', 'debug PROC/MSG', 'debug PROC/OK', 'debug END/OK'],
    ],
    [
      'one of all is missing',
      compared('missing', 'equal'),
      ALL,
      'failure',
      ['debug START/OK', 'debug PROC/MSG', 'debug PROC/FAIL', 'debug END/OK'],
    ],
    ['the script fails', boom, ONE, 'failure', ['debug START/OK', 'warn END/FAIL', 'warn END/FAIL']],
    [
      'the init script fails',
      { how: 'init-error', cause: 'failed', message: 'x' } as LuaEnd,
      ONE,
      'failure',
      ['debug START/OK', 'warn START/ERR', 'warn END/FAIL'],
    ],
    [
      'a variable cannot be set',
      { how: 'variable-error', message: 'x' } as LuaEnd,
      ONE,
      'failure',
      ['debug START/OK', 'warn START/ERR', 'warn END/FAIL'],
    ],
    [
      'the time is over',
      { how: 'timeout' } as LuaEnd,
      ONE,
      'failure',
      ['debug START/OK', 'warn END/FAIL', 'warn END/FAIL'],
    ],
    ['it is ended early', { how: 'cancelled' } as LuaEnd, ONE, 'failure', ['debug START/OK', 'info END/FAIL']],
    ['it is killed', { how: 'killed' } as LuaEnd, ONE, 'failure', ['debug START/OK', 'warn END/FAIL']],
    ['the memory is used up', { how: 'memory' } as LuaEnd, ONE, 'error', ['debug START/OK', 'error END/ERR']],
    ['the host is lost', { how: 'lost', reason: 'x' } as LuaEnd, ONE, 'error', ['debug START/OK', 'error END/ERR']],
    [
      'there is no interpreter',
      { how: 'not-started', reason: 'x' } as LuaEnd,
      ONE,
      'error',
      ['debug START/OK', 'debug START/FAIL'],
    ],
  ])('ends as the manual says when %s', async (_, end, keys, kind, marks) => {
    const checked = await task(end, keys);
    expect(checked.came.kind).toBe(kind);
    expect(checked.marks).toEqual(marks);
    expect(checked.messages.every((m) => m.startsWith('(trigger: Cond) '))).toBe(true);
  });
  it('begins lines of the script with the trigger and (Lua), under their own action', async () => {
    expect((await task(compared())).messages).toContain('(trigger: Cond) (Lua) said');
  });
  it('shows the line in the configuration file of an error, and only the first line of its message', async () => {
    expect((await task(boom)).messages).toContain(
      '(trigger: Cond) the script failed: task I:2: boom ... (line 6 of the configuration file)',
    );
  });
  it('names an error without a text, and shows no line for a place that is not in the script', async () => {
    const shown = async (message: string) => (await task({ how: 'script-error', message })).messages;
    expect((await shown('')).join('\n')).toContain('unknown error');
    const elsewhere = (await shown('module x:2: boom')).join('\n');
    expect(elsewhere).toContain('module x:2: boom');
    expect(elsewhere).not.toContain('of the configuration file');
    expect((await shown('task I:x: boom')).join('\n')).not.toContain('of the configuration file');
  });
  it('shows texts in quotes and numbers without among what is expected', async () => {
    const { messages } = await task(compared('different', 'different'), 'expected_results = { v0 = "1", v1 = 1 }');
    expect(messages.join('\n')).toContain('v0 = "1", v1 = 1');
  });
  it('shows where a missing module was searched', async () => {
    const message = "task I:1: module 'x' not found:\n\tno field package.preload['x']\n\tno file './x.lua'";
    expect((await task({ how: 'script-error', message })).messages.join('\n')).toContain(
      "the script failed: task I:1: module 'x' not found: no field package.preload['x'], no file './x.lua'",
    );
  });
  it('reports its state, and its init script', async () => {
    const more = { state: { how: 'stored', entries: [['a', '1']] } as const, initialised: true };
    const { marks } = await task(compared(), '', more);
    expect(marks).toEqual(['debug START/OK', 'debug START/OK', 'trace PROC/MSG', 'debug END/MSG', 'debug END/OK']);
  });
  it('warns when the state was not stored because of a value, and logs at debug for a key', async () => {
    for (const [because, level] of [
      ['value', 'warn'],
      ['key', 'debug'],
    ] as const) {
      const { marks } = await task(compared(), '', { state: { how: 'refused', because, reason: 'x' } });
      expect(marks).toEqual(['debug START/OK', `${level} END/FAIL`, 'debug END/OK']);
    }
  });
  it('passes everything on, and drops its state when it is removed', async () => {
    const { lua } = await task(
      compared(),
      `init_script_path = "i.lua"\nvariables_to_set = { n = 5 }\n${ONE}\ntimeout_seconds = 7`,
    );
    const [request] = lua.requests;
    expect(request).toMatchObject({
      section: 'task',
      chunk: 'task I',
      condition: 'Cond',
      task: 'I',
      initScriptPath: 'i.lua',
      variables: { n: 5n },
      expected: { v0: 1n, v1: 2n },
      timeoutSeconds: 7,
    });
    expect(lua.forgotten).toEqual([request!.key]);
  });
  it('warns about variables that a module replaces', async () => {
    const { marks } = await task(compared(), 'variables_to_set = { log = 1, whenever_task = "x", ok = 1 }');
    expect(marks.slice(0, 2)).toEqual(['warn INIT/FAIL', 'warn INIT/FAIL']);
  });
  it('warns about variables that take the place of tables of a run', async () => {
    const { messages } = await task(compared(), 'variables_to_set = { event = 1, trigger = 1, previous = 1 }');
    expect(messages.slice(0, 3)).toEqual(
      ['event', 'trigger', 'previous'].map(
        (name) => `variables_to_set: "${name}" replaces what the script would see under that name`,
      ),
    );
  });
});

describe('a Lua condition', () => {
  it.each([
    ['nothing expected', compared(), '', 'inconclusive', ['debug END/FAIL']],
    [
      'one of two holds',
      compared('different', 'equal'),
      ONE,
      'passed',
      ['debug PROC/MSG', 'debug PROC/OK', 'debug END/OK'],
    ],
    ['none holds', compared('different', 'missing'), ONE, 'failed', ['debug PROC/MSG', 'debug END/FAIL']],
    ['all hold', compared('equal', 'equal'), ALL, 'passed', ['debug PROC/MSG', 'debug END/OK']],
    [
      'one of all differs',
      compared('equal', 'different'),
      ALL,
      'failed',
      ['debug PROC/MSG', 'debug END/MSG', 'debug END/FAIL'],
    ],
    [
      'one of all is missing',
      compared('missing', 'equal'),
      ALL,
      'failed',
      ['debug PROC/MSG', 'debug END/MSG', 'debug END/FAIL'],
    ],
    ['the script fails', boom, ONE, 'failed', ['warn END/FAIL', 'warn END/FAIL']],
    [
      'the init script cannot be read',
      { how: 'init-error', cause: 'unreadable', message: 'x' } as LuaEnd,
      ONE,
      'failed',
      ['warn START/ERR', 'warn END/FAIL'],
    ],
    ['the time is over', { how: 'timeout' } as LuaEnd, ONE, 'failed', ['warn END/FAIL', 'warn END/FAIL']],
    ['there is no interpreter', { how: 'not-started', reason: 'x' } as LuaEnd, ONE, 'error', ['debug START/FAIL']],
  ])('ends as the manual says when %s', async (_, end, keys, kind, marks) => {
    const checked = await condition(end, keys);
    expect(checked.came.kind).toBe(kind);
    expect(checked.marks).toEqual(['debug START/MSG', 'trace START/MSG', ...marks]);
    expect(checked.messages).toContain('said');
  });
  it('is given no tables of a run: variables of these names need no warning', async () => {
    const { marks } = await condition(compared(), 'variables_to_set = { event = 1, trigger = 1, previous = 1 }');
    expect(marks).not.toContain('warn INIT/FAIL');
  });
  it('has no task', async () => {
    const { lua } = await condition(compared());
    expect(lua.requests[0]).toMatchObject({ section: 'condition', chunk: 'condition I', condition: 'I' });
    expect(lua.requests[0]).not.toHaveProperty('task');
  });
  it('is not tested before check_after', async () => {
    const { came, marks } = await condition(compared('equal'), `check_after = 5\n${ONE}`);
    expect(came.kind).toBe('failed');
    expect(marks).toEqual(['trace START/MSG']);
  });
});
