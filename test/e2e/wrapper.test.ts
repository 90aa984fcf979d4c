import { afterEach, beforeEach, expect, test } from 'vitest';
import { onDemand, Place, shellTask, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

/** Two parts at a separator, neither more nor less: as `a, b = text.split(separator)` has it. */
const inTwo = (text: string, separator: string): [string, string] => {
  const parts = text.split(separator);
  if (parts.length !== 2) throw new Error(`expected two parts at ${JSON.stringify(separator)}: ${text}`);
  return parts as [string, string];
};

const field = (object: unknown, key: string): unknown => {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, key))
    throw new Error(`no field ${key} in ${JSON.stringify(object)}`);
  return (object as Record<string, unknown>)[key];
};

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new Error(`expected a text: ${JSON.stringify(value)}`);
  return value;
};

/** Reads the program's standard output as the wrapper does, and throws at whatever would stop the wrapper's reader. */
class Wrapper {
  busy = false;
  paused = false;
  readonly history: { name: string; trigger: string; outcome: string; seconds: number }[] = [];
  readonly #started = new Map<string, number>();

  read(line: string): void {
    if (line === '') return;
    const record: unknown = JSON.parse(line);
    const header = field(record, 'header');
    const contents = field(record, 'contents');
    const context = field(contents, 'context');
    const type = field(contents, 'message_type');
    if (field(header, 'application') !== 'whenever') throw new Error('another application');
    if (!LEVELS.includes(text(field(header, 'level')))) throw new Error(`a level that is none: ${line}`);
    const time = text(field(header, 'time'));
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/.test(time)) throw new Error(`a time that is none: ${time}`);
    const at = Date.parse(`${time.slice(0, 23)}Z`);
    text(field(context, 'emitter'));
    text(field(context, 'action'));
    const item = field(context, 'item');
    const id = field(context, 'item_id');
    if ((item === null) !== (id === null)) throw new Error(`an item without number: ${line}`);
    if (id !== null && !Number.isInteger(id)) throw new Error(`a number that is none: ${line}`);
    const message = text(field(contents, 'message'));
    const when = text(field(type, 'when'));
    const status = text(field(type, 'status'));
    if (when === 'BUSY') this.busy = status === 'YES';
    else if (when === 'PAUSE') this.paused = status === 'YES';
    else if (when === 'HIST') this.#run(text(item), Number(id), status, message, at);
  }

  #run(item: string, id: number, status: string, message: string, at: number): void {
    const blank = message.indexOf(' ');
    if (blank < 0) throw new Error(`no blank in ${message}`);
    const [outcome, source] = inTwo(message.slice(0, blank), '/');
    const [word, trigger] = inTwo(source, ':');
    if (word !== 'trigger') throw new Error(`expected a trigger: ${message}`);
    const key = `${item}/${id}`;
    if (status === 'START') {
      if (this.#started.has(key)) throw new Error(`${key} is started twice`);
      this.#started.set(key, at);
      return;
    }
    if (status !== 'END') throw new Error(`a history of ${status}`);
    const began = this.#started.get(key);
    if (began === undefined) throw new Error(`${key} ends without a start`);
    this.#started.delete(key);
    if (!['OK', 'FAIL', 'IND', 'ERR'].includes(outcome)) throw new Error(`an outcome of ${outcome}`);
    if (at < began) throw new Error(`${key} ends before it starts`);
    this.history.push({ name: item, trigger, outcome, seconds: (at - began) / 1000 });
  }

  get open(): string[] {
    return [...this.#started.keys()];
  }
}

const LIVELY = `${TICK}
${shellTask('Ok', 'echo "a: b/c"; exit 0', 'success_status = 0')}
${shellTask('Bad', 'echo "x/y:z" >&2; exit 3', 'success_status = 0')}
${shellTask('Slow', 'sleep 0.6')}
${shellTask('Limit', 'sleep 30', 'timeout_seconds = 1')}
${shellTask('Missing', 'exec /no/such/program')}
[[task]]
name = "Lua"
type = "lua"
script = '''
print("line one\\nline two")
log.info("with / and : and \\"quotes\\" and \\t tabs")
'''
[[task]]
name = "LuaError"
type = "lua"
script = 'error("boom: a/b\\nsecond line")'
expected_results = { x = 1 }
[[task]]
name = "Wrong"
type = "internal"
command = "no such: command/at all"
[[task]]
name = "__When__private__Reset"
type = "internal"
command = "reset_conditions"
${['Ok', 'Bad', 'Slow', 'Lua', 'LuaError', 'Wrong', 'Missing']
  .map(
    (task) =>
      `[[condition]]\nname = "Each_${task}"\ntype = "interval"\ninterval_seconds = 1\nrecurring = true\ntasks = ${task === 'Ok' ? '["Ok"]' : `["${task}", "Ok"]`}\n`,
  )
  .join('')}
[[condition]]
name = "__When__private__All"
type = "interval"
interval_seconds = 2
recurring = true
execute_sequence = false
tasks = ["__When__private__Reset", "Slow", "Limit", "Bad"]
${onDemand('Fired', ['Ok', 'Lua'])}
`;

test('a client that reads as the wrapper does survives some lively seconds, and knows what happened', async () => {
  const program = place.start(['--log-level', 'trace', '--log-json'], { toml: LIVELY });
  const wrapper = new Wrapper();
  let failure: unknown;
  let rest = '';
  program.child.stdout!.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    try {
      for (const line of lines) wrapper.read(line);
    } catch (error) {
      failure ??= error;
    }
  });
  const whenever = (happened: () => boolean, what: string) =>
    program.until(() => failure !== undefined || happened(), what);
  await whenever(() => wrapper.busy, 'busy');
  for (const command of [
    'trigger Go_Fired',
    'suspend_condition Each_Bad',
    'reset_conditions ',
    'resume_condition Each_Bad',
    'reset_conditions Each_Ok Each_Slow',
    `configure ${place.file('config.toml')}`,
    'no such command',
    'pause',
  ])
    program.send(command);
  await whenever(() => wrapper.paused, 'paused');
  program.send('resume');
  await whenever(() => !wrapper.paused, 'not paused');
  await whenever(() => wrapper.history.length >= 40, 'forty runs');
  await whenever(() => wrapper.history.some(({ name }) => name === 'Limit'), 'the time limit');
  program.send('exit');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(failure).toBeUndefined();
  expect(rest).toBe('');
  expect(wrapper.open).toEqual([]);
  expect(wrapper.busy).toBe(false);
  const outcomes = new Map(wrapper.history.map(({ name, outcome }) => [name, outcome]));
  expect(Object.fromEntries(outcomes)).toMatchObject({
    Ok: 'OK',
    Bad: 'FAIL',
    Slow: 'OK',
    Limit: 'FAIL',
    Lua: 'IND',
    LuaError: 'FAIL',
    Wrong: 'ERR',
    __When__private__Reset: 'OK',
  });
  for (const { name, seconds } of wrapper.history) if (name === 'Slow') expect(seconds).toBeGreaterThan(0.5);
  expect(program.stderr).toBe('');
});

test('kill in the middle leaves the client with a whole history', async () => {
  const program = place.start(['--log-level', 'trace', '--log-json'], { toml: LIVELY });
  const wrapper = new Wrapper();
  await program.record(/Limit\/\d+ \[HIST\/START\]/);
  program.send('kill');
  expect(await program.ended).toEqual({ code: 1, signal: null });
  for (const line of program.stdout.split('\n')) wrapper.read(line);
  expect(wrapper.open).toEqual([]);
});

test('the client itself notices what would stop the wrapper', () => {
  const line = (message: string, status = 'END', item: string | null = 'T') =>
    JSON.stringify({
      header: { application: 'whenever', level: 'TRACE', time: '2026-03-02T12:00:00.000000' },
      contents: {
        context: { action: 'active', emitter: 'TASK', item, item_id: item === null ? null : 1 },
        message,
        message_type: { status, when: 'HIST' },
      },
    });
  const good = () => {
    const wrapper = new Wrapper();
    wrapper.read(line('OK/trigger:C starting task', 'START'));
    return wrapper;
  };
  expect(() => good().read(line('OK/trigger:C task succeeded'))).not.toThrow();
  expect(() => good().read(line('OK/trigger:C/D task succeeded'))).toThrow();
  expect(() => good().read(line('OK/trigger:C:D task succeeded'))).toThrow();
  expect(() => good().read(line('OK/trigger:C'))).toThrow();
  expect(() => good().read(line('OK/trigger:C task succeeded', 'END', null))).toThrow();
  expect(() => new Wrapper().read(line('OK/trigger:C task succeeded'))).toThrow();
  expect(() => good().read(line('OK/trigger:C starting task', 'START'))).toThrow();
  expect(() => good().read('hello')).toThrow();
});
