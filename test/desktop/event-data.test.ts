import { describe, expect, test } from 'vitest';
import { type Daemon, daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';

const toml = (event: string, task = '', condition = '') => `scheduler_tick_seconds = 5
[[task]]
name = "T"
type = "command"
command = "t"
command_arguments = []
startup_path = "/"
${task}
[[task]]
name = "L"
type = "lua"
script = ""
[[condition]]
name = "B"
type = "bucket"
recurring = true
tasks = ["T", "L"]
execute_sequence = false
${condition}
[[event]]
name = "E"
condition = "B"
${event}
`;
const FILES = 'type = "fschange"\nwatch = ["/here"]';
const BUS = 'type = "dbus"\nbus = ":session"\nrule = "type=\'signal\',member=\'M\'"';

/** The variables of the last run that say what fired it. */
const given = ({ processes }: Daemon, run = -1) =>
  Object.fromEntries(
    Object.entries(processes.runs.at(run)!.request.variables).filter(([name]) => /EVENT|PATH/.test(name)),
  );
const table = ({ lua }: Daemon) => {
  const { event } = lua.requests.at(-1)?.tables ?? {};
  return { event };
};

describe('what fired a run', () => {
  test('reaches its tasks: the changes of a burst, as variables, as a file and as a table', async () => {
    const seen: string[] = [];
    const d = await daemon(toml(FILES), {
      there: ['/here'],
      processes: {
        t: (_, { variables }) => {
          seen.push(d.runFiles.there.get(variables.WHENEVER_PATHS_FILE!)!);
          return {};
        },
      },
    });
    await d.advance(6);
    d.desktop.watcher.write('/here/a');
    d.desktop.watcher.write('/here/a');
    await d.advance(1);
    d.desktop.watcher.write('/here/b');
    d.desktop.watcher.remove('/here/a');
    await d.advance(5);
    expect(given(d)).toEqual({
      WHENEVER_EVENT: 'E',
      WHENEVER_EVENT_KIND: 'fschange',
      WHENEVER_EVENT_COUNT: '4',
      WHENEVER_PATH: '/here/a',
      WHENEVER_PATHS_FILE: '/run/1-paths',
    });
    expect(seen).toEqual(['create\0/here/a\0modify\0/here/a\0create\0/here/b\0remove\0/here/a\0']);
    expect([...d.runFiles.there]).toEqual([]);
    expect(table(d)).toEqual({
      event: {
        ...{ name: 'E', kind: 'fschange', count: 4, path: '/here/a' },
        changes: [
          { kind: 'create', path: '/here/a' },
          { kind: 'modify', path: '/here/a' },
          { kind: 'create', path: '/here/b' },
          { kind: 'remove', path: '/here/a' },
        ],
      },
    });
  });

  test('is the reason of the run, in stories and in the history', async () => {
    const history = new FakeHistory();
    const d = await daemon(toml(FILES, 'environment_variables = { PASSWORD = "hunter22" }'), {
      there: ['/here'],
      history,
    });
    await d.advance(6);
    d.desktop.watcher.write('/here/a');
    d.desktop.watcher.write('/here/hunter22.pdf');
    await d.advance(5);
    const text = 'its event has come: E, created /here/';
    const whys = d.journal.story('condition/B').map(({ why }) => why);
    expect(whys.filter((why) => why.includes('its event has come'))).toContain(
      `${text}hunter22.pdf, and 1 more change`,
    );
    const [claim] = history.of('claim');
    expect(claim).toMatchObject({ why: expect.stringMatching(/^its event has come: E, created \/here\//) });
    expect(claim).toMatchObject({ event: { name: 'E', count: 2, change: 'create' } });
    expect(JSON.stringify(history.lines)).not.toContain('hunter22');
  });

  test('is not that of the run before', async () => {
    const d = await daemon(toml(FILES), { there: ['/here'] });
    await d.advance(6);
    d.desktop.watcher.write('/here/a');
    await d.advance(5);
    d.desktop.watcher.write('/here/b');
    await d.advance(5);
    expect(d.runFiles.written).toEqual(['create\0/here/a\0', 'create\0/here/b\0']);
    expect(given(d)).toMatchObject({ WHENEVER_PATH: '/here/b', WHENEVER_EVENT_COUNT: '1' });
  });

  test('is collected while the run before goes on', async () => {
    const d = await daemon(toml(FILES), { there: ['/here'], processes: { t: [{ seconds: 12 }] } });
    await d.advance(6);
    for (const at of ['a', 'b', 'c']) {
      d.desktop.watcher.write(`/here/${at}`);
      await d.advance(5);
    }
    await d.advance(20);
    expect(d.runFiles.written).toEqual(['create\0/here/a\0', 'create\0/here/b\0create\0/here/c\0']);
  });

  test('is bounded: more changes are counted', async () => {
    const d = await daemon(toml(FILES), { there: ['/here'], level: 'info' });
    await d.advance(6);
    for (let i = 0; i < 10_003; i++) d.desktop.watcher.write(`/here/${i}`);
    await d.advance(5);
    const written = d.runFiles.written[0]!.split('\0');
    expect(written.slice(-7)).toEqual(['create', '/here/9998', 'create', '/here/10002', 'more', '3', '']);
    expect(given(d)).toMatchObject({ WHENEVER_EVENT_COUNT: '10003', WHENEVER_PATH: '/here/10002' });
    expect(table(d)).toMatchObject({ event: { more: 3 } });
  });

  test('is JSON for D-Bus: integers with all digits, dictionaries as objects', async () => {
    const d = await daemon(toml(BUS));
    await d.advance(6);
    d.desktop.bus.emit({
      member: 'M',
      body: [
        { type: 's', value: 'a "b"' },
        { type: 't', value: 18446744073709551615n },
        { type: 'd', value: Number.NaN },
        {
          type: 'dict',
          element: '{sv}',
          entries: [
            [
              { type: 's', value: 'on' },
              { type: 'v', value: { type: 'b', value: true } },
            ],
          ],
        },
        {
          type: 'struct',
          items: [
            { type: 'y', value: 1n },
            { type: 'array', element: 's', items: [] },
          ],
        },
      ],
    });
    await d.advance(5);
    expect(given(d)).toEqual({
      WHENEVER_EVENT: 'E',
      WHENEVER_EVENT_KIND: 'dbus',
      WHENEVER_EVENT_COUNT: '1',
      WHENEVER_EVENT_DATA: '["a \\"b\\"",18446744073709551615,null,{"on":true},[1,[]]]',
    });
    expect(table(d)).toMatchObject({ event: { data: ['a "b"', 18446744073709552000, null, { on: true }, [1, []]] } });
  });

  test('is a file when it is too long for a variable, and left out when it is longer than 1 MiB', async () => {
    const d = await daemon(toml(BUS));
    await d.advance(6);
    const send = (length: number) =>
      d.desktop.bus.emit({ member: 'M', body: [{ type: 's', value: 'x'.repeat(length) }] });
    send(100_000);
    await d.advance(5);
    const { WHENEVER_EVENT_DATA_FILE: path, ...rest } = given(d);
    expect(rest).not.toHaveProperty('WHENEVER_EVENT_DATA');
    expect(path).toBe('/run/1-data.json');
    expect(JSON.parse(d.runFiles.written[0]!)).toEqual(['x'.repeat(100_000)]);
    send(2 ** 20);
    await d.advance(5);
    expect(Object.keys(given(d))).toEqual(['WHENEVER_EVENT', 'WHENEVER_EVENT_KIND', 'WHENEVER_EVENT_COUNT']);
    expect(d.lines.join('\n')).toContain(
      'WARN  EVENT active E/4 [PROC/FAIL] the arguments of the message are left out: 1048580 bytes as JSON, at most 1048576 are handed on',
    );
  });

  test('is the data of a trigger command, as it was given; of several the last', async () => {
    const d = await daemon(toml('type = "cli"'));
    await d.advance(6);
    await d.submit('trigger E {"rev": 1}');
    await d.submit('trigger  E   {"rev": 2,  "by": "me"} ');
    await d.advance(5);
    expect(given(d)).toEqual({
      WHENEVER_EVENT: 'E',
      WHENEVER_EVENT_KIND: 'cli',
      WHENEVER_EVENT_COUNT: '2',
      WHENEVER_EVENT_DATA: '{"rev": 2,  "by": "me"}',
    });
    expect(table(d)).toMatchObject({ event: { data: { rev: 2, by: 'me' } } });
    await d.submit('trigger E');
    await d.advance(5);
    expect(given(d)).not.toHaveProperty('WHENEVER_EVENT_DATA');
  });

  test('is refused as data of a trigger when it is not JSON, too long or nested too deep', async () => {
    const d = await daemon(toml('type = "cli"'));
    const refused = async (data: string) => {
      const answer = await d.submit(`trigger E ${data}`);
      return answer.kind === 'refused' ? answer.reason : answer.kind;
    };
    expect(await refused('{"password": secret}')).toBe(
      'trigger: the data is not valid JSON, expected a value such as {"any": "json"}',
    );
    expect(await refused(`"${'x'.repeat(60_000)}"`)).toBe(
      'trigger: the data has 60002 characters, at most 60000 are taken',
    );
    expect(await refused('['.repeat(65) + ']'.repeat(65))).toBe('trigger: the data is nested deeper than 64');
    expect(await refused('['.repeat(64) + ']'.repeat(64))).toBe('done');
    expect(await refused('null')).toBe('done');
    expect(await refused('E')).toBe('trigger takes exactly one name, 2 were given');
    expect(d.lines.filter((line) => line.includes('secret'))).toEqual([]);
  });

  test('is given by an internal task; its data is checked when the file is loaded', async () => {
    const internal = (data: string) =>
      `${toml('type = "cli"')}[[task]]\nname = "I"\ntype = "internal"\ncommand = 'trigger E ${data}'\n[[condition]]\nname = "Once"\ntype = "interval"\ninterval_seconds = 0\ntasks = ["I"]\n`;
    const d = await daemon(internal('{"by": "I"}'));
    await d.advance(12);
    expect(given(d)).toMatchObject({ WHENEVER_EVENT: 'E', WHENEVER_EVENT_DATA: '{"by": "I"}' });
    await expect(daemon(internal('{"by": }'))).rejects.toThrow(
      'command: trigger: the data is not valid JSON, expected a value such as {"any": "json"}',
    );
  });

  test('is not given where the file forbids variables, and a variable of the file wins', async () => {
    for (const [task, expected] of [
      ['set_environment_variables = false', {}],
      ['environment_variables = { WHENEVER_PATH = "mine" }', { WHENEVER_PATH: 'mine' }],
    ] as const) {
      const d = await daemon(toml(FILES, task), { there: ['/here'] });
      await d.advance(6);
      d.desktop.watcher.write('/here/a');
      await d.advance(5);
      expect(given(d)).toMatchObject(expected);
      if (task.startsWith('set')) expect([given(d), d.runFiles.written]).toEqual([{}, []]);
    }
  });

  test('is without its file when none can be written: a WARN, and the run goes on', async () => {
    const d = await daemon(toml(FILES), { there: ['/here'] });
    d.runFiles.failure = 'ENOSPC: no space left on device';
    await d.advance(6);
    d.desktop.watcher.write('/here/a');
    await d.advance(5);
    expect(given(d)).toMatchObject({ WHENEVER_PATH: '/here/a' });
    expect(given(d)).not.toHaveProperty('WHENEVER_PATHS_FILE');
    expect(d.lines.join('\n')).toContain(
      'WARN  TASK active T/1 [START/FAIL] (trigger: B) no file for WHENEVER_PATHS_FILE: ENOSPC: no space left on device; going on without it',
    );
  });

  test('reaches an immediate condition as one burst', async () => {
    const d = await daemon(toml(FILES, '', 'immediate = true\ndebounce_ms = 200'), { there: ['/here'] });
    await d.advance(1);
    for (const at of ['a', 'b', 'c']) {
      d.desktop.watcher.write(`/here/${at}`);
      await d.advance(0.05);
    }
    await d.advance(1);
    expect(d.runFiles.written).toEqual(['create\0/here/a\0create\0/here/b\0create\0/here/c\0']);
  });
});
