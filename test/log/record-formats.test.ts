import { describe, expect, test } from 'vitest';
import { errorDetails } from '../../src/core/internal-error.ts';
import { type FormatChoice, LOG_FORMATS, makeFormat } from '../../src/log/format-choice.ts';
import { createLog } from '../../src/log/log.ts';
import { RECORD_PLACEHOLDER_NAMES } from '../../src/log/pattern.ts';
import type { LogRecord } from '../../src/log/record.ts';
import { runSecrets } from '../../src/run-secrets.ts';
import { load } from '../support/daemon.ts';
import { always, shellTask, TICK } from '../support/program.ts';

const facts = { pid: 4711, host: 'laptop', environment: { RANK: '3' }, thread: 0, ids: false };
const TIME = Date.UTC(2026, 2, 31, 9, 38, 45, 986);
const record = (more: Partial<LogRecord> = {}): LogRecord => ({
  time: TIME,
  level: 'warn',
  context: { emitter: 'TASK', action: 'exec_lua', item: 'Save', itemId: 7 },
  mark: 'PROC/MSG',
  message: 'disk "sda" is full: 98 %\nsee a=b',
  origin: { run: 'run-3', cause: 'tick-9' },
  seq: 12,
  ...more,
});
const ofScheduler = record({
  ...{ context: { emitter: 'MAIN', action: 'starting', item: null, itemId: null }, origin: undefined, seq: 0 },
  message: 'plain',
});
const failed = record({ details: errorDetails(new TypeError('x is null')) });
const inScript = record({ details: { source: { file: 'task Save', line: 2 } } });

const line = (choice: FormatChoice, of = record()): string => makeFormat(choice, facts)(of);
const pattern = (text: string, of = record(), timeFormat?: string): string =>
  line({ format: 'pattern', pattern: text, ...(timeFormat === undefined ? {} : { timeFormat }) }, of);

describe('ecs', () => {
  /** Names and types of the specification of loggers of Elastic (ecs-logging, spec.json), and of ECS 8.11. */
  const KNOWN: Readonly<Record<string, 'string' | 'number' | 'object'>> = {
    ...{ '@timestamp': 'string', 'log.level': 'string', message: 'string', 'ecs.version': 'string', labels: 'object' },
    ...{ 'service.name': 'string', 'event.dataset': 'string', 'log.logger': 'string' },
    ...{ 'log.origin.file.name': 'string', 'log.origin.file.line': 'number' },
    ...{ 'error.type': 'string', 'error.message': 'string', 'error.stack_trace': 'string' },
    ...{ 'event.provider': 'string', 'event.action': 'string', 'event.code': 'string', 'event.sequence': 'number' },
    'process.pid': 'number',
  };
  const parse = (of: LogRecord) => JSON.parse(line({ format: 'ecs' }, of)) as Record<string, unknown>;

  test.each([
    ['a record of a run', record()],
    ['a record of the scheduler', ofScheduler],
    ['an error', failed],
    ['a line of a script', inScript],
  ])('%s has the published names, in the order that is required, each of its type', (_, of) => {
    const found = parse(of);
    expect(Object.keys(found).slice(0, 3)).toEqual(['@timestamp', 'log.level', 'message']);
    expect(found['ecs.version']).toMatch(/^8\.\d+\.\d+$/);
    for (const [name, value] of Object.entries(found)) expect([name, typeof value]).toEqual([name, KNOWN[name]]);
    for (const value of Object.values(found.labels ?? {})) expect(typeof value).toBe('string');
  });

  test('it says what is known of the record, and nothing else', () => {
    expect(parse(record())).toEqual({
      '@timestamp': '2026-03-31T09:38:45.986Z',
      'log.level': 'warn',
      message: 'disk "sda" is full: 98 %\nsee a=b',
      'ecs.version': '8.11.0',
      'service.name': 'whenever',
      'event.dataset': 'whenever',
      'event.provider': 'TASK',
      'event.action': 'exec_lua',
      'event.code': 'PROC/MSG',
      'event.sequence': 12,
      'process.pid': 4711,
      'log.logger': 'whenever.lua.Save',
      labels: { item: 'Save', item_id: '7', run: 'run-3', cause: 'tick-9' },
    });
    expect(Object.keys(parse(ofScheduler))).not.toContain('labels');
    expect(parse(failed)).toMatchObject({ 'error.type': 'TypeError', 'error.message': 'x is null' });
    expect(parse(failed)['error.stack_trace']).toMatch(/^TypeError: x is null\n +at /);
    expect(parse(inScript)).toMatchObject({ 'log.origin.file.name': 'task Save', 'log.origin.file.line': 2 });
  });

  test('it is one line that is safe on a terminal', () => {
    const text = line({ format: 'ecs' }, record({ message: 'a\nb\u0085\u202e\u001b[31m' }));
    expect(text).toMatch(/^[\x20-\x7e]+\n$/);
  });
});

describe('logfmt', () => {
  /** The grammar of the decoder in Go: keys, `=`, then a bare word or a string as in JSON. */
  const parse = (text: string): Record<string, string> => {
    expect(text).toMatch(/^(?:[a-z_]+=(?:"(?:[^"\\\n]|\\.)*"|[^\s"=\\]+)(?: (?=\S)|\n$))+$/);
    return Object.fromEntries(
      [...text.matchAll(/([a-z_]+)=("(?:[^"\\]|\\.)*"|\S+)/g)].map(([, key, value]) => [
        key,
        value!.startsWith('"') ? JSON.parse(value!) : value,
      ]),
    );
  };

  test('the pairs of a record are those that it has', () => {
    expect(line({ format: 'logfmt' }, ofScheduler)).toBe(
      'time=2026-03-31T09:38:45.986Z level=warn msg=plain emitter=MAIN action=starting mark=PROC/MSG\n',
    );
    expect(line({ format: 'logfmt' })).toBe(
      'time=2026-03-31T09:38:45.986Z level=warn msg="disk \\"sda\\" is full: 98 %\\nsee a=b" emitter=TASK action=exec_lua item=Save item_id=7 mark=PROC/MSG run=run-3 cause=tick-9 seq=12\n',
    );
    expect(parse(line({ format: 'logfmt' }, inScript))).toMatchObject({ file: 'task Save', line: '2' });
    expect(parse(line({ format: 'logfmt' }, failed)).error).toMatch(/^TypeError: x is null\n +at /);
  });

  test.each([
    '',
    ' ',
    'a',
    '"',
    '\\',
    'a=b',
    'a\nb',
    '\t',
    '\u0000\u001b\u0085',
    'Grün',
    '\ufffd',
    '😀',
    '\u2028',
    '\ud800',
  ])('the message %j is read back', (message) => {
    expect(parse(line({ format: 'logfmt' }, record({ message }))).msg).toBe(message);
  });
});

describe('pattern', () => {
  test('placeholders are the parts of a record, on one line each', () => {
    expect(pattern('{time} {level} {context} {message}')).toBe(
      '2026-03-31T09:38:45.986 WARN TASK exec_lua Save/7 disk "sda" is full: 98 %\\nsee a=b\n',
    );
    expect(pattern('{mark}|{emitter}|{action}|{item}|{item_id}|{logger}|{run}|{cause}|{seq}')).toBe(
      'PROC/MSG|TASK|exec_lua|Save|7|whenever.lua.Save|run-3|tick-9|12\n',
    );
    expect(pattern('{pid} {process} {thread} {rank} {local_rank} {host}')).toBe('4711 4711 0 3 0 laptop\n');
    expect(pattern('[{item}{run}{cause}{pathname}{lineno}{exc_info}]', ofScheduler)).toBe('[]\n');
    expect(pattern('{pathname}:{lineno}', inScript)).toBe('task Save:2\n');
    expect(pattern('{exc_info}', failed)).toMatch(/^TypeError: x is null\\n +at .*\n$/);
  });

  test('no placeholder fails, whatever the record has', () => {
    const all = RECORD_PLACEHOLDER_NAMES.map((name) => `{${name}}`).join('');
    for (const of of [record(), ofScheduler, failed, inScript]) expect(pattern(all, of)).toMatch(/^.+\n$/);
  });

  test('a width fills a value with blanks, and doubled braces are braces', () => {
    expect(pattern('{level:6}|{level:>6}|{level:<6}|{level:2}|{{{level}}}')).toBe('WARN  |  WARN|WARN  |WARN|{WARN}\n');
  });

  test('the time is written as time_format says, in local time or UTC, with microseconds', () => {
    expect(pattern('{time}', record(), '%d/%b/%Y %H:%M:%S %z')).toMatch(/^31\/Mar\/2026 \d\d:38:45 [+-]\d{4}\n$/);
    expect(pattern('{time}', record(), '!%FT%T.%fZ %%f')).toBe('2026-03-31T09:38:45.986000Z %f\n');
  });

  test('the texts of the last second are not taken for those of another one', () => {
    const format = makeFormat({ format: 'pattern', pattern: '{time}', timeFormat: '!%S.%f' }, facts);
    const seconds = [0, 14, 999, 1000, 1001, 0].map((ms) => format(record({ time: TIME - 986 + ms })).trimEnd());
    expect(seconds).toEqual(['45.000000', '45.014000', '45.999000', '46.000000', '46.001000', '45.000000']);
  });
});

test('every format writes one line, whatever the record has', () => {
  // An entry of the journal is a line for each field.
  for (const { name } of LOG_FORMATS.filter((row) => row.name !== 'journal'))
    for (const of of [record(), ofScheduler, failed, inScript])
      expect(line({ format: name, pattern: '{message}' }, of)).toMatch(/^.+\n$/);
});

test('secrets in an error are masked, as in messages', () => {
  const seen: LogRecord[] = [];
  const log = createLog(
    'error',
    () => TIME,
    (one) => seen.push(one),
  ).for('MAIN', 'starting');
  runSecrets.add('hunter2-and-more');
  log.error('PROC/ERR', 'internal error', undefined, errorDetails(new Error('no hunter2-and-more')));
  expect(JSON.stringify(seen[0]?.details)).not.toContain('hunter2');
  expect(seen[0]?.details?.error?.message).toMatch(/^no •+$/);
});

/** What is wrong with an output, one line each. */
const problems = async (output: string): Promise<readonly string[]> => {
  const text = `${TICK}${shellTask('T', 'exit 0')}${always('A', ['T'])}[[logging.outputs]]\ntarget = "x"\n${output}\n`;
  const above = text.slice(0, text.indexOf(output)).split('\n').length - 1;
  const lines = await load(text).then(
    () => [],
    (error: { lines: readonly string[] }) => error.lines,
  );
  return lines.map((one) =>
    one.replace(/^test\.toml:(\d+)/, (_, at) => `${Number(at) - above}`).replace('logging output number 1: ', ''),
  );
};

test.each<[output: string, problem: string]>([
  [
    'format = "pattern"\npattern = "{time} {levle} {message}"',
    '2:19: pattern: unknown placeholder "{levle}", did you mean "level"? (known: time, level, context,',
  ],
  [
    'format = "pattern"\npattern = "{message} {"',
    '2:22: pattern: "{" without its other brace: write "{{" for the character',
  ],
  [
    'format = "pattern"\npattern = "{level:x5}"',
    '2:12: pattern: unknown placeholder "{level:x5}", did you mean "level"?',
  ],
  [
    'format = "pattern"',
    '-1:1: missing key "pattern": expected a text with placeholders, because the format is pattern',
  ],
  ['pattern = "{message}"', '1:1: pattern: it has an effect with the format pattern only'],
  [
    'format = "json"\npattern = "{message}"',
    '2:1: pattern: it has an effect with the format pattern only, the format is json',
  ],
  ['time_format = "%F"', '1:1: time_format: it has an effect with the format pattern only'],
  [
    'format = "pattern"\npattern = "{time}"\ntime_format = "%F %Q"',
    '3:19: time_format: the conversion "%Q" is unknown (known: %a %A %b',
  ],
  [
    'format = "pattern"\npattern = 5',
    '2:11: pattern: expected a text with placeholders such as {message}, found the integer 5',
  ],
  [
    'format = "patern"',
    '1:10: format: expected one of plain, color, json, ecs, logfmt, pattern, journal, found the string "patern"',
  ],
])('%j is refused with its place', async (output, problem) => {
  expect(await problems(output)).toEqual([expect.stringContaining(problem)]);
});

test('a pattern that is right is kept with its time format', async () => {
  const toml = '[[logging.outputs]]\ntarget = "x"\nformat = "pattern"\npattern = "{time} {{}}"\ntime_format = "%T"\n';
  const { settings } = await load(`${toml}${shellTask('T', 'exit 0')}${always('A', ['T'])}`);
  expect(settings.logging?.outputs[0]).toMatchObject({ format: 'pattern', pattern: '{time} {{}}', timeFormat: '%T' });
});
