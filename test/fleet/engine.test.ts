import { describe, expect, it } from 'vitest';
import { definitionHash } from '../../src/adapters/fleet/definition-hash.ts';
import { instantSentences } from '../../src/commands/explain-instant.ts';
import { hashesOf } from '../../src/commands/fleet-connect.ts';
import type { Claim, Fleet, LostRun, SharedFiring, WonFiring } from '../../src/core/fleet-port.ts';
import { ConditionAccounts } from '../../src/history/accounts.ts';
import { load, daemon as startDaemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import { FLEET_WITH_TASK } from '../support/fleet-nodes.ts';

/** A fleet that answers as it is said to. */
class ScriptedFleet implements Fleet {
  readonly node = 'here';
  readonly asked: SharedFiring[] = [];
  readonly finished: string[] = [];
  waitsFor: string | undefined;
  answer: (signal: AbortSignal) => Claim | Promise<Claim> = () => this.won(7);
  lost: (lost: LostRun) => void = () => {};

  won(fence: number, takenBy?: string): WonFiring {
    const finish = (outcome: string): Promise<string | undefined> => {
      this.finished.push(outcome);
      return Promise.resolve(takenBy);
    };
    return { kind: 'won', fence, finish };
  }
  async claim(firing: SharedFiring, signal: AbortSignal, onWaiting?: (what: string) => void): Promise<Claim> {
    this.asked.push(firing);
    if (this.waitsFor !== undefined) onWaiting?.(this.waitsFor);
    return this.answer(signal);
  }
  readonly pauses: boolean[] = [];
  setPaused(paused: boolean): void {
    this.pauses.push(paused);
  }
  readonly passed: SharedFiring[] = [];
  missed(firing: SharedFiring): void {
    this.passed.push(firing);
  }
  onLost(listener: (lost: LostRun) => void): void {
    this.lost = listener;
  }
}

const FILE = (keys: string): string => `${FLEET_WITH_TASK}
[[condition]]
name = "C"
tasks = ["T"]
recurring = true
shared = true
${keys}
`;
const TIME = 'type = "time"\ntime_specifications = [{ cron = "* * * * *" }]';

const begin = async (keys = TIME, history?: FakeHistory) => {
  const fleet = new ScriptedFleet();
  const daemon = await startDaemon(FILE(keys), { fleet, level: 'info', ...(history ? { history } : {}) });
  return { fleet, daemon, said: () => daemon.lines.filter((line) => line.includes('C/')) };
};

describe('a firing that this machine gets', () => {
  it('runs with its fence, and says how it ended.', async () => {
    const { fleet, daemon } = await begin();
    await daemon.advance(62);
    expect(fleet.asked).toMatchObject([
      { condition: 'C', key: String(Date.parse('2026-03-02T12:01:00Z')), onLost: 'miss' },
    ]);
    expect(daemon.processes.runs[0]?.request.variables).toMatchObject({ WHENEVER_FENCE: '7' });
    expect(fleet.finished).toEqual(['success']);
  });

  it('and that was taken over meanwhile is a WARN record.', async () => {
    const { fleet, daemon, said } = await begin();
    fleet.answer = () => fleet.won(7, 'office');
    await daemon.advance(62);
    expect(said().at(-1)).toMatch(/WARN.*this machine was taken for dead in this run, and office has decided about it/);
  });
});

it('A firing that another machine gets runs nothing, and its story and the history say where it runs.', async () => {
  const history = new FakeHistory();
  const { fleet, daemon, said } = await begin(TIME, history);
  fleet.answer = () => ({ kind: 'taken', node: 'office', differs: false });
  await daemon.advance(62);
  expect(daemon.processes.runs).toEqual([]);
  expect(said()).toEqual([expect.stringMatching(/INFO.*office runs it$/)]);
  expect(daemon.journal.story('C').at(-1)?.why).toMatch(/^office runs it; /);
  expect(history.lines.filter(({ kind }) => kind === 'elsewhere')).toMatchObject([
    { condition: 'C', node: 'office', instant: '2026-03-02T12:01:00.000Z', until: '2026-03-02T12:01:00.000Z' },
  ]);
});

it('The history of a machine says of each instant whether it ran here or elsewhere, and of none that it is unexplained.', async () => {
  const history = new FakeHistory();
  const { fleet, daemon } = await begin('type = "interval"\ninterval_seconds = 20', history);
  fleet.answer = () => ({ kind: 'taken', node: 'office', differs: false });
  await daemon.advance(41);
  // It waits for a server over the next instant, for which it asks later.
  fleet.answer = () => daemon.clock.sleep(25_000).then(() => ({ kind: 'taken', node: 'lab', differs: false }));
  await daemon.advance(40);
  fleet.answer = () => fleet.won(7);
  await daemon.advance(22);
  const accounts = new ConditionAccounts('C');
  for (const line of history.lines) accounts.apply(line);
  const start = Date.parse('2026-03-02T12:00:00Z');
  const [now, asked] = [daemon.clock.wall(), { at: start + 20_000, lengthMs: 1000 }];
  const found = [20, 40, 60, 80, 100].map((seconds) => accounts.verdict(start + seconds * 1000, undefined, now));
  expect(found.map(({ verdict, why }) => `${verdict}: ${why}`)).toEqual([
    'elsewhere: office runs it',
    'elsewhere: office runs it',
    'elsewhere: lab runs it',
    'late: run-4 ran for it, 10 s late',
    'ran: run-5 ran for it',
  ]);
  expect(instantSentences(accounts, asked, found.slice(0, 1), now)).toEqual([
    expect.stringMatching(/: it did not run here: office runs it\.$/),
  ]);
});

it.each<[string, Claim, RegExp]>([
  [
    'no server',
    { kind: 'unreachable', message: 'no answer', runs: false },
    /missed: no server of the fleet answers \(no answer\)$/,
  ],
  [
    'no server that could be asked',
    { kind: 'unreachable', message: '', runs: false },
    /missed: no server of the fleet answers$/,
  ],
  [
    'a wrong clock',
    { kind: 'skewed', ms: -9000 },
    /missed: the clock of this machine is 9 s behind that of the server, which is more than a tick$/,
  ],
])('Because of %s it is missed, which is in the history.', async (_, claim, text) => {
  const history = new FakeHistory();
  const { fleet, daemon, said } = await begin(TIME, history);
  fleet.answer = () => claim;
  await daemon.advance(62);
  expect(said()).toEqual([expect.stringMatching(text)]);
  expect(history.lines.filter(({ kind }) => kind === 'missed')).toMatchObject([{ condition: 'C', count: 1 }]);
});

it('While another machine has the name of this one, no firing is a warning: an error has said it once.', async () => {
  const { fleet, daemon, said } = await begin();
  fleet.answer = () => ({ kind: 'name-taken', node: 'here' });
  await daemon.advance(122);
  const text = /INFO.*another machine is called here, too: this one takes no part in the fleet$/;
  expect(said()).toEqual([expect.stringMatching(text), expect.stringMatching(text)]);
});

it('Without a server it runs with without_engine = "run", which is a WARN record.', async () => {
  const { fleet, daemon, said } = await begin();
  fleet.answer = () => ({ kind: 'unreachable', message: 'no answer', runs: true });
  await daemon.advance(62);
  expect(daemon.processes.runs).toHaveLength(1);
  expect(said()[0]).toMatch(/WARN.*no server of the fleet answers \(no answer\); it runs all the same/);
});

it('A firing that waits for a server says so in the status and in its story.', async () => {
  const { fleet, daemon } = await begin();
  fleet.waitsFor = 'a server of the fleet (none answers)';
  fleet.answer = () => new Promise(() => {});
  await daemon.advance(63);
  const said = 'it has fired, and waits for a server of the fleet (none answers)';
  expect(daemon.status.conditions()[0]).toMatchObject({ state: 'checking', why: `${said}, since 12:01:00` });
  expect(daemon.journal.story('C').at(-1)?.why).toBe(said);
});

it.each([
  ['cancel C', 'it was cancelled by a command'],
  ['exit', 'the scheduler ended while it waited for the fleet'],
])('A firing that waits for a server is given up by %s, which is in the history.', async (command, why) => {
  const history = new FakeHistory();
  const { fleet, daemon } = await begin(TIME, history);
  fleet.answer = (signal) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'cancelled' })));
  await daemon.advance(62);
  expect(daemon.status.conditions()[0]?.state).not.toBe('waiting');
  await daemon.submit(command);
  await daemon.advance(5);
  expect(daemon.processes.runs).toEqual([]);
  expect(history.lines.filter(({ kind }) => kind === 'missed')).toMatchObject([{ condition: 'C', count: 1, why }]);
  if (command === 'exit') expect(daemon.ending).toBe('exit');
  else expect(daemon.status.conditions()[0]?.state).toBe('waiting');
});

it('What has come while a firing waits is accounted for when the scheduler ends.', async () => {
  const { fleet, daemon } = await begin(TIME);
  fleet.answer = (signal) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve({ kind: 'cancelled' })));
  await daemon.advance(62);
  await daemon.advance(130);
  expect([fleet.asked.length, fleet.passed]).toEqual([1, []]);
  await daemon.submit('exit');
  const at = (minute: number) => Date.parse(`2026-03-02T12:0${minute}:00Z`);
  expect(fleet.passed.map(({ key, covers }) => ({ key, covers }))).toEqual([
    { key: String(at(3)), covers: { since: at(1), instants: [at(2), at(3)] } },
  ]);
});

it.each([
  ['a task', 'command_arguments = []', 'command_arguments = ["x"]'],
  ['a key of a task that the engine reads', 'startup_path = "/"', 'startup_path = "/"\nretries = 2'],
  ['the task of a hook', 'command = "hook"', 'command = "other"'],
])(
  'The definition of a shared condition is another one with another definition of %s, and of no other task.',
  async (_, from, to) => {
    const hook = '[[task]]\nname = "H"\ntype = "command"\ncommand = "hook"\ncommand_arguments = []\nstartup_path = "/"';
    const file = `${FILE(`${TIME}\non_failure = ["H"]`)}${hook}\n[[task]]\nname = "Other"\ntype = "command"\ncommand = "o"\ncommand_arguments = []\nstartup_path = "/"`;
    const hashOf = async (toml: string) => hashesOf(await load(toml)).C;
    const hash = await hashOf(file);
    expect(await hashOf(file.replace('command = "o"', 'command = "p"'))).toBe(hash);
    expect(await hashOf(file.replace(from, to))).not.toBe(hash);
    const daemon = await startDaemon(file, { fleet: new ScriptedFleet() });
    expect(definitionHash(daemon.scheduler.sharedDefinitions().get('C')!)).toBe(hash);
  },
);

it('A condition that a reload makes a shared one asks the fleet from then on, and its definition is known.', async () => {
  const fleet = new ScriptedFleet();
  const shared = FILE(TIME);
  const files = { shared };
  const daemon = await startDaemon(shared.replace('shared = true', 'shared = false'), { fleet, files });
  const before = daemon.scheduler.sharedDefinitions();
  expect([...before.keys()]).toEqual([]);
  await daemon.advance(62);
  expect(daemon.scheduler.sharedDefinitions()).toBe(before);
  await daemon.submit('configure shared');
  await daemon.advance(60);
  expect([...daemon.scheduler.sharedDefinitions().keys()]).toEqual(['C']);
  expect(fleet.asked).toHaveLength(1);
  expect(daemon.processes.runs).toHaveLength(2);
});

it('A run by a command asks for nothing.', async () => {
  const { fleet, daemon } = await begin();
  await daemon.submit('run C');
  await daemon.advance(1);
  expect(daemon.processes.runs).toHaveLength(1);
  expect(fleet.asked).toEqual([]);
});

it('Instants that do not fire here are said to the fleet, so that it reports what no other machine runs.', async () => {
  const { fleet, daemon } = await begin();
  await daemon.advance(62);
  await daemon.submit('pause');
  await daemon.advance(128);
  await daemon.submit('resume');
  await daemon.advance(6);
  const instants = ['12:02', '12:03'].map((time) => Date.parse(`2026-03-02T${time}:00Z`));
  expect(fleet.passed).toMatchObject([{ condition: 'C', key: String(instants[1]), covers: { instants } }]);
  expect(fleet.asked).toHaveLength(1);
});

describe('a run whose machine has died', () => {
  const LOST: LostRun = { condition: 'C', key: '1', node: 'office', began: Date.parse('2026-03-02T11:59:00Z') };

  it('is repeated here, with its fence, if this machine has it.', async () => {
    const { fleet, daemon, said } = await begin();
    await daemon.advance(1);
    fleet.lost({ ...LOST, won: fleet.won(9) });
    await daemon.advance(1);
    expect(daemon.processes.runs[0]?.request.variables).toMatchObject({ WHENEVER_FENCE: '9' });
    expect(fleet.finished).toEqual(['success']);
    expect(said()[0]).toMatch(
      /WARN.*office has died in the run that it began at 2026-03-02 11:59:00; it is repeated here$/,
    );
  });

  it('is missed otherwise, which is in the history.', async () => {
    const history = new FakeHistory();
    const { fleet, daemon, said } = await begin(TIME, history);
    await daemon.advance(1);
    fleet.lost(LOST);
    await daemon.advance(1);
    expect(said()).toEqual([expect.stringMatching(/WARN.*; it is missed$/)]);
    expect(history.lines.filter(({ kind }) => kind === 'missed')).toMatchObject([{ code: 'fleet-lost' }]);
  });
});

describe('the key of a firing', () => {
  const keysOf = async (keys: string, seconds: number): Promise<readonly string[]> => {
    const { fleet, daemon } = await begin(keys);
    await daemon.advance(seconds);
    return fleet.asked.map(({ key }) => key);
  };

  it('of an interval is its end, counted from 1970, whenever the program has started.', async () => {
    const at = Date.parse('2026-03-02T12:00:00Z');
    const first = Math.ceil((at + 1) / 7000) * 7000;
    expect(await keysOf('type = "interval"\ninterval_seconds = 7', 20)).toEqual([
      String(first),
      String(first + 7000),
      String(first + 14_000),
    ]);
  });

  it('is the last instant that has come meanwhile, with those before it, when an earlier firing had to wait.', async () => {
    const { fleet, daemon, said } = await begin('type = "interval"\ninterval_seconds = 10');
    fleet.answer = () => daemon.clock.sleep(32_000).then(() => fleet.won(1));
    await daemon.advance(11);
    fleet.answer = () => fleet.won(2);
    await daemon.advance(40);
    const at = (seconds: number): number => Date.parse('2026-03-02T12:00:00Z') + seconds * 1000;
    expect(fleet.asked.map(({ key, covers }) => [Number(key), covers?.instants])).toEqual([
      [at(10), [at(10)]],
      [at(40), [at(20), at(30), at(40)]],
      [at(50), [at(50)]],
    ]);
    expect(said()).toContainEqual(
      expect.stringMatching(/one run for 3 instants, from 2026-03-02 12:00:20 to 2026-03-02 12:00:40$/),
    );
  });

  it('says how many of the instants came in a pause.', async () => {
    const { fleet, daemon, said } = await begin(TIME.replace('* * * * *', '*/10 * * * * *'));
    fleet.answer = () => daemon.clock.sleep(50_000).then(() => fleet.won(1));
    await daemon.advance(27);
    fleet.answer = () => fleet.won(2);
    await daemon.submit('pause');
    await daemon.advance(25);
    await daemon.submit('resume');
    await daemon.advance(25);
    expect(said().filter((line) => line.includes('one run'))).toEqual([
      expect.stringMatching(/one run for \d instants, from .* to .*, of which 3 came in a pause$/),
    ]);
    expect(said().filter((line) => line.includes('not fired'))).toEqual([expect.stringMatching(/not fired: 3$/)]);
  });

  it('of a run that catches up names all that it makes up for.', async () => {
    const { fleet, daemon } = await begin(`${TIME}\ncatch_up = "once"`);
    await daemon.advance(62);
    await daemon.submit('suspend_condition C');
    await daemon.advance(150);
    await daemon.submit('resume_condition C');
    await daemon.advance(6);
    const [minute, last] = ['12:01', '12:03'].map((time) => Date.parse(`2026-03-02T${time}:00Z`));
    expect(fleet.asked.at(-1)).toMatchObject({ key: String(last), covers: { instants: [minute! + 60_000, last] } });
    expect(fleet.asked.at(-1)!.covers!.since).toBeGreaterThanOrEqual(minute!);
  });

  it('of a firing that a guard has held is the last instant that is part of it.', async () => {
    const keys = 'type = "interval"\ninterval_seconds = 10\nonly_when = ["G"]\nhold_seconds = 60';
    const guard = '[[condition]]\nname = "G"\ntype = "time"\nbetween = [12:00:25, 13:00:00]\ntasks = []';
    const { fleet, daemon } = await begin(`${keys}\n${guard}`);
    await daemon.advance(28);
    expect(fleet.asked.map(({ key }) => key)).toEqual([String(Date.parse('2026-03-02T12:00:20Z'))]);
  });

  it('of a check is the number of its check_after.', async () => {
    const keys =
      'type = "command"\ncommand = "t"\ncommand_arguments = []\nstartup_path = "/"\ncheck_after = 20\nsuccess_status = 0';
    const number = Math.floor(Date.parse('2026-03-02T12:00:20Z') / 20_000);
    expect(await keysOf(keys, 45)).toEqual([`p${number}`, `p${number + 1}`]);
  });
});
