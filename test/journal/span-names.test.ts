import { expect, test } from 'vitest';
import type { Fact, SpanFact } from '../../src/journal/fact.ts';
import { INSTANTS, SPANS } from '../../src/journal/span-names.ts';
import { daemon } from '../support/daemon.ts';

const command = (name: string) =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "${name}"\ncommand_arguments = []\nsuccess_status = 0\n`;
const retried = (name: string) => command(name).replace('\n', '\nretries = 2\nretry_delay_seconds = NEXT\n');
const TASKS = `${retried('Shaky').replace('NEXT', '1')}${retried('Never').replace('NEXT', '999')}${command('Good')}${command('Bad')}${command('Shot')}[[task]]\nname = "Script"\ntype = "lua"\nscript = "x = 1"\n`;
const TOML = `scheduler_tick_seconds = 5
${TASKS}
[[condition]]
name = "Retried"
type = "interval"
interval_seconds = 5
max_tasks_retries = 1
tasks = ["Script", "Shot", "Bad", "Good"]
on_failure = ["Good"]
break_on_failure = true
[[condition]]
name = "Asked"
type = "command"
startup_path = "/"
command = "ask"
command_arguments = []
success_status = 0
recurring = true
tasks = ["Good"]
[[condition]]
name = "Judged"
type = "lua"
script = "x = 1"
expected_results = { x = 1 }
tasks = ["Good"]
[[condition]]
name = "OnDemand"
type = "bucket"
recurring = true
tasks = ["Good"]
[[condition]]
name = "Patient"
type = "interval"
interval_seconds = 5
tasks = ["Shaky", "Never"]
[[condition]]
name = "Guard"
type = "command"
startup_path = "/"
command = "guard"
command_arguments = []
success_status = 0
[[condition]]
name = "Guarded"
type = "interval"
interval_seconds = 5
recurring = true
only_when = ["Guard"]
tasks = ["Good"]
[[event]]
name = "Go"
type = "cli"
condition = "OnDemand"
[[event]]
name = "Seen"
type = "fschange"
condition = "OnDemand"
watch = ["/here"]
`;

const OFTEN = Array.from({ length: 6 }, (_, n) => `{ second = ${n * 10} }`).join(', ');
/** Misses the instants of a pause. */
const TIMED = `[[condition]]
name = "Timed"
type = "time"
catch_up = "once"
recurring = true
tasks = ["Good"]
time_specifications = [${OFTEN}]
`;

/** Whatever a daemon can tell. */
const everything = async (): Promise<SpanFact[]> => {
  const facts: Fact[] = [];
  const processes = {
    ask: [{ end: { how: 'exit', code: 1 } as const }, {}],
    Shot: [{}, { end: { how: 'signal', signal: 'SIGTERM' } as const }],
    Bad: [{ end: { how: 'exit', code: 1 } as const }],
    guard: [1, 1, 1, 0].map((code) => ({ end: { how: 'exit', code } as const })),
    Shaky: [{ end: { how: 'exit', code: 1 } as const }, {}],
    Never: [{ end: { how: 'exit', code: 1 } as const }],
    Good: [{ seconds: 2, stdout: 'x' }],
  };
  const files = { 'new.toml': `${TOML}\n${TIMED}${command('More')}`, 'bad.toml': 'nonsense' };
  const one = await daemon(TOML + TIMED, { processes, files, there: ['/here'], listener: (fact) => facts.push(fact) });
  await one.submit('trigger Go');
  for (let n = 0; n < 2; n++) await one.submit('run OnDemand --queue');
  for (const name of ['a', 'b']) one.desktop.watcher.write(`/here/${name}`);
  await one.advance(21);
  for (const line of ['configure new.toml', 'configure bad.toml', 'pause']) await one.submit(line);
  await one.advance(10);
  await one.submit('resume');
  await one.advance(10);
  await one.submit('exit');
  await one.advance(30);
  expect(one.ending).toBe('exit');
  return facts.filter((fact) => fact.kind === 'span');
};

/** What only a machine measures. */
const MEASURED = ['cpu_ms', 'peak_bytes', 'pid'];

test('Every span and decision of the daemon has its name, its item, its id and its keys in the tables, and each of these is told.', async () => {
  const told = new Map<string, Set<string>>();
  for (const { edge, category, id, item, timeline } of await everything()) {
    const [table, edges] = edge === 'instant' ? [INSTANTS, 'told'] : [SPANS, edge === 'start' ? 'began' : 'ended'];
    const row = (table as Readonly<Record<string, { readonly of: string; readonly id?: string }>>)[category];
    expect(row, category).toBeDefined();
    const section = item?.slice(0, item.indexOf('/')) ?? 'scheduler';
    // All conditions are left out at once.
    if (category !== 'skipped' || item !== null) expect(row?.of.split(' or '), category).toContain(section);
    if (row?.id !== undefined) expect(String(id)).toMatch(new RegExp(`^${row.id}-\\d+$`));
    const key = `${category} ${edges}`;
    told.set(key, new Set([...(told.get(key) ?? []), ...Object.keys(timeline as object)]));
  }
  const wanted = [
    ...Object.entries(SPANS).flatMap(([name, { startKeys, finishKeys }]) => [
      [`${name} began`, startKeys] as const,
      [`${name} ended`, finishKeys] as const,
    ]),
    // A request of the control socket makes `linked`, not the engine.
    ...Object.entries(INSTANTS).flatMap(([name, row]) =>
      name === 'linked' ? [] : [[`${name} told`, row.keys] as const],
    ),
  ];
  const sorted = (keys: Iterable<string>) => [...keys].filter((key) => !MEASURED.includes(key)).sort();
  expect(Object.fromEntries([...told].map(([key, keys]) => [key, sorted(keys)]))).toEqual(
    Object.fromEntries(wanted.map(([key, keys]) => [key, sorted(keys)])),
  );
});

test('A pause is a span from its command to the one that ends it, or to the end of the scheduler.', async () => {
  const facts: Fact[] = [];
  const one = await daemon(TOML, { paused: true, listener: (fact) => facts.push(fact) });
  await one.advance(3);
  await one.submit('resume');
  await one.submit('resume');
  await one.advance(1);
  await one.submit('pause');
  await one.submit('pause');
  await one.advance(4);
  await one.submit('exit');
  await one.advance(1);
  const pauses = facts.filter((fact) => fact.kind === 'span' && fact.category === 'pause') as SpanFact[];
  const { timestamp: began = 0 } = pauses[0] ?? {};
  expect(
    pauses.map(({ edge, id, cause, timeline, timestamp }) => [edge, id, cause, timeline, (timestamp - began) / 1e9]),
  ).toEqual([
    ['start', 'pause-1', 'start-1', {}, 0],
    ['finish', 'pause-1', 'start-1', { by: 'command-1' }, 3],
    ['start', 'pause-2', 'command-3', {}, 4],
    ['finish', 'pause-2', 'command-3', { by: 'command-5' }, 8],
  ]);
});
