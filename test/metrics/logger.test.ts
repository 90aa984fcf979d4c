import { threadId } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { setupRootLogger } from '../../src/adapters/metrics/setup.ts';
import { IsMappingFilter } from '../../src/metrics/filters.ts';
import { Handler, LineHandler } from '../../src/metrics/handler.ts';
import { linePattern } from '../../src/metrics/line-pattern.ts';
import { getLogger, metricLogger, propagatePackageLogs } from '../../src/metrics/logger.ts';
import { levelName, levelNumber, type MetricRecord, type RecordExtra } from '../../src/metrics/record.ts';

class Keeper extends Handler {
  readonly records: MetricRecord[] = [];
  emit(record: MetricRecord): void {
    this.records.push(record);
  }
  get messages(): unknown[] {
    return this.records.map(({ message }) => message);
  }
}

const undo: (() => void)[] = [];
afterEach(() => {
  for (const act of undo.splice(0)) act();
  propagatePackageLogs(false);
});
const keep = (name: string, keeper = new Keeper({ level: 'debug' })): Keeper => {
  const logger = getLogger(name);
  logger.addHandler(keeper);
  undo.push(() => logger.removeHandler(keeper));
  return keeper;
};
const level = (name: string, wanted: Parameters<typeof levelNumber>[0]): void => {
  const logger = getLogger(name);
  const before = logger.level;
  logger.setLevel(wanted);
  undo.push(() => logger.setLevel(before));
};

describe('the tree of loggers', () => {
  test('the same name is the same logger', () => {
    expect(getLogger('a.b')).toBe(getLogger('a.b'));
    expect(getLogger('a.b').parent).toBe(getLogger('a'));
    expect(getLogger('a').parent).toBe(getLogger());
    expect(getLogger('')).toBe(getLogger());
    expect(getLogger('whenever.metrics')).toBe(metricLogger);
  });

  test('a record goes to the handlers of its logger and of all its parents', () => {
    const [own, parent, root] = [keep('p.q'), keep('p'), keep('')];
    getLogger('p.q').warning('w');
    expect([own.messages, parent.messages, root.messages]).toEqual([['w'], ['w'], ['w']]);
    expect(own.records[0]).toMatchObject({ name: 'p.q', level: 30 });
  });

  test('no line comes twice when a handler is added twice', () => {
    const own = keep('twice');
    getLogger('twice').addHandler(own);
    getLogger('twice').error('e');
    expect(own.messages).toEqual(['e']);
  });

  test('propagate ends the way up', () => {
    const [own, parent] = [keep('stop.here'), keep('stop')];
    getLogger('stop.here').propagate = false;
    undo.push(() => {
      getLogger('stop.here').propagate = true;
    });
    getLogger('stop.here').error('e');
    expect([own.messages, parent.messages]).toEqual([['e'], []]);
  });

  test('the level of the logger counts, or else that of the nearest parent that has one; the root has warning', () => {
    const own = keep('lev.el');
    getLogger('lev.el').info('too little');
    level('lev', 'info');
    getLogger('lev.el').info('enough');
    level('lev.el', 'ERROR');
    getLogger('lev.el').warning('too little again');
    level('lev.el', 35);
    getLogger('lev.el').log(35, 'a level by its number');
    expect(own.messages).toEqual(['enough', 'a level by its number']);
    expect(getLogger('lev.el').isEnabledFor('warning')).toBe(false);
    expect(getLogger('lev.el').isEnabledFor('critical')).toBe(true);
  });

  test('each handler has a level and filters of its own', () => {
    const [all, few] = [keep('han.dler'), keep('han.dler', new Keeper({ level: 'error' }))];
    const mappings = keep('han.dler', new Keeper({ level: 'debug', filters: [new IsMappingFilter()] }));
    level('han.dler', 'debug');
    const logger = getLogger('han.dler');
    logger.debug('d');
    logger.critical('c');
    logger.info({ a: 1 });
    expect([all.messages, few.messages, mappings.messages]).toEqual([['d', 'c', { a: 1 }], ['c'], [{ a: 1 }]]);
  });

  test('a filter of the logger counts for its own records, not for those of its children', () => {
    const own = keep('fil');
    const filter = new IsMappingFilter();
    getLogger('fil').addFilter(filter);
    getLogger('fil').error('text');
    getLogger('fil.ter').error('text of a child');
    getLogger('fil').removeFilter(filter);
    getLogger('fil').error('text again');
    expect(own.messages).toEqual(['text of a child', 'text again']);
  });

  test('an unknown level is an error that lists those there are', () => {
    expect(() => levelNumber('loud' as 'info')).toThrow(
      'unknown level "loud"; there are notset, trace, debug, info, warning, warn, error, critical, and numbers',
    );
    expect([levelName(20), levelName(21)]).toEqual(['INFO', 'Level 21']);
  });

  test('what is told beside the message is part of the record', () => {
    const own = keep('ex.tra');
    getLogger('ex.tra').error({ a: 1 }, { step: 0, hparams: true, rank: 2, time: 12 });
    expect(own.records[0]).toEqual({
      ...{ name: 'ex.tra', level: 40, message: { a: 1 }, step: 0, hparams: true, rank: 2, time: 12 },
    });
  });
});

describe('a library is silent', () => {
  test('from the moment it is loaded', async () => {
    vi.resetModules();
    const { getLogger: get, metricLogger: metrics } = await import('../../src/metrics/logger.ts');
    const root = new Keeper({ level: 'debug' });
    get().addHandler(root);
    metrics.critical('silent');
    get('mine').critical('heard');
    expect(root.messages).toEqual(['heard']);
  });

  test('nothing of the package reaches the root, unless the host asks for it', () => {
    const root = keep('');
    level('', 'debug');
    metricLogger.error('silent');
    propagatePackageLogs(true);
    metricLogger.error('heard');
    propagatePackageLogs(false);
    metricLogger.error('silent again');
    expect(root.messages).toEqual(['heard']);
  });
});

describe('setupRootLogger', () => {
  test('shows the records of all loggers, metrics as names and values', () => {
    const lines: string[] = [];
    setupRootLogger({ write: (line) => lines.push(line) });
    undo.push(() => {
      for (const handler of [...getLogger().handlers]) getLogger().removeHandler(handler);
    });
    level('', getLogger().level);
    metricLogger.info({ task: { Backup: { seconds: 0.5 } } });
    getLogger('mine').debug('hello');
    expect(lines.map((line) => line.replace(/^\[\d\d:\d\d:\d\d\]/, '[TIME]'))).toEqual([
      '[TIME] INFO     whenever.metrics: task/Backup/seconds=0.500\n',
      '[TIME] DEBUG    mine: hello\n',
    ]);
  });

  test('leaves handlers that are there already alone, and adds none', () => {
    const root = keep('');
    const lines: string[] = [];
    setupRootLogger({ write: (line) => lines.push(line) });
    metricLogger.error({ a: 1 });
    expect(lines).toEqual([]);
    expect(root.messages).toEqual([{ a: 1 }]);
    expect(getLogger().handlers).toEqual([root]);
  });
});

describe('handlers and filters that throw', () => {
  class Broken extends Handler {
    emit(): void {
      throw new Error('full');
    }
  }

  test('one that throws takes the record from none after it and from no parent, and is said once to the package logger', () => {
    const said = keep('whenever');
    const broken = new Broken();
    getLogger('f.g').addHandler(broken);
    undo.push(() => getLogger('f.g').removeHandler(broken));
    const [own, parent] = [keep('f.g'), keep('f')];
    getLogger('f.g').error('one');
    getLogger('f.g').error('two');
    expect([own.messages, parent.messages]).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
    expect(said.messages).toEqual(['a handler of f.g failed: full']);
  });

  test('one that rejects later is contained too', async () => {
    const said = keep('whenever');
    class Later extends Handler {
      async emit(): Promise<void> {
        throw new Error('gone');
      }
    }
    keep('later', new Later() as unknown as Keeper);
    getLogger('later').error('one');
    await new Promise((resolve) => setImmediate(resolve));
    expect(said.messages).toEqual(['a handler of later failed: gone']);
  });

  test('a filter that throws stops its record and throws at nothing', () => {
    const [said, own] = [keep('whenever'), keep('sieve')];
    const filter = {
      filter: (): boolean => {
        throw new Error('no such key');
      },
    };
    getLogger('sieve').addFilter(filter);
    undo.push(() => getLogger('sieve').removeFilter(filter));
    getLogger('sieve').error('one');
    expect(own.messages).toEqual([]);
    expect(said.messages).toEqual(['a filter of sieve failed: no such key']);
  });
});

test('a filter may be a function, of loggers and of handlers', () => {
  const own = keep('functions');
  const odd = ({ message }: MetricRecord): boolean => Number(message) % 2 === 1;
  const big = ({ message }: MetricRecord): boolean => Number(message) > 2;
  getLogger('functions').addFilter(odd);
  undo.push(() => getLogger('functions').removeFilter(odd));
  own.addFilter(big);
  for (const n of [1, 2, 3, 4, 5]) getLogger('functions').error(n);
  expect(own.messages).toEqual([3, 5]);
});

test.each<[string, () => unknown, string]>([
  [
    'addFilter',
    () => metricLogger.addFilter(5 as never),
    'addFilter: filter: expected an object with the method filter, found 5',
  ],
  [
    'addFilter of a handler',
    () => new Keeper().addFilter({} as never),
    'expected an object with the method filter, found {}',
  ],
  [
    'addHandler',
    () => metricLogger.addHandler('x' as never),
    'addHandler: handler: expected an object with the method handle, found "x"',
  ],
  ['getLogger', () => getLogger(7 as never), 'getLogger: name: expected a text that is not empty, found 7'],
  ['setLevel', () => metricLogger.setLevel({} as never), 'unknown level'],
])('%s refuses what it cannot use, with what it expected', (_, act, words) => {
  expect(act).toThrow(words);
});

describe('a handler', () => {
  test('takes what is at least as severe as its level, which can be changed', () => {
    const keeper = keep('h.level', new Keeper({ level: 'warning' }));
    level('h.level', 'debug');
    const logger = getLogger('h.level');
    logger.info({ n: 1 });
    expect(keeper.messages).toEqual([]);
    keeper.setLevel('info');
    expect(keeper.level).toBe(levelNumber('info'));
    logger.info({ n: 2 });
    expect(keeper.messages).toEqual([{ n: 2 }]);
    expect(() => keeper.setLevel('loud' as 'info')).toThrow('unknown level "loud"');
  });
  test('asks each of its filters once, until it is removed', () => {
    const keeper = keep('h.filter');
    level('h.filter', 'debug');
    const logger = getLogger('h.filter');
    const asked: unknown[] = [];
    const refuse = (record: MetricRecord) => {
      asked.push(record.message);
      return false;
    };
    keeper.addFilter(refuse);
    keeper.addFilter(refuse);
    logger.info({ n: 1 });
    expect([asked, keeper.messages]).toEqual([[{ n: 1 }], []]);
    keeper.removeFilter(refuse);
    keeper.removeFilter(refuse);
    logger.info({ n: 2 });
    expect([asked, keeper.messages]).toEqual([[{ n: 1 }], [{ n: 2 }]]);
    expect(() => keeper.addFilter(5 as never)).toThrow(TypeError);
  });
});

describe('a logger', () => {
  test('is heard where a handler of its own or of a parent that it reports to uses the level', () => {
    const logger = getLogger('heard.child');
    expect(logger.isHeard('error')).toBe(false);
    const parent = keep('heard');
    level('heard.child', 'info');
    expect(logger.isHeard('info')).toBe(true);
    expect(logger.isHeard('debug')).toBe(false);
    logger.propagate = false;
    undo.push(() => {
      logger.propagate = true;
    });
    expect(logger.isHeard('info')).toBe(false);
    logger.info('not for the parent');
    expect(parent.messages).toEqual([]);
  });

  test('gives its fields to what it logs, and logs nothing below its level', () => {
    const keeper = keep('with.fields');
    level('with.fields', 'info');
    const child = getLogger('with.fields').child({ run: 7 }).child({ part: 'a' });
    child.log('debug', { n: 1 });
    child.log('info', { n: 2 });
    child.log('info', { n: 3 }, { fields: { part: 'b' } });
    expect(keeper.records.map(({ message, fields }) => [message, fields])).toEqual([
      [{ n: 2 }, { run: 7, part: 'a' }],
      [{ n: 3 }, { run: 7, part: 'b' }],
    ]);
  });

  test('Other keys of a call are fields too, before those of a child; what has a meaning keeps it.', () => {
    const keeper = keep('with.extra');
    level('with.extra', 'info');
    const logger = getLogger('with.extra');
    logger.info('a', { step: 0, host: 'db1' });
    logger.child({ host: 'db2', port: 5 }).info('b', { host: 'db3', fields: { user: 'me' }, message: 'x' });
    const extra: RecordExtra = { step: 3 };
    logger.info('c', extra);
    expect(keeper.records.map(({ message, step, fields }) => [message, step, fields])).toEqual([
      ['a', 0, { host: 'db1' }],
      ['b', undefined, { host: 'db3', port: 5, user: 'me', message: 'x' }],
      ['c', 3, undefined],
    ]);
  });

  test('A line has what its pattern asks for: the record, its fields, an error with its stack.', () => {
    const lines: string[] = [];
    const logger = getLogger('with.pattern');
    level('with.pattern', 'info');
    const pattern = '{time} {level:8}|{logger}: {message} {{{host}}} [{step:>3}]{none} {exc_info}';
    const format = linePattern(pattern, { timeFormat: '!%H:%M:%S' });
    const handler = new LineHandler((line) => lines.push(line), format);
    logger.addHandler(handler);
    logger.info('two\nlines', { host: 'db1', step: 7, time: 0 });
    logger.child({ host: ['a', 1] }).error(new Error('no'), { time: 1000 });
    logger.info({ a: { b: 0.5 } }, { err: new Error('later'), time: 0 });
    logger.removeHandler(handler);
    expect(lines[0]).toBe('00:00:00 INFO    |with.pattern: two\\nlines {db1} [  7] \n');
    expect(lines[1]).toMatch(/^00:00:01 ERROR {3}\|with\.pattern: no \{\["a",1\]\} \[ {3}\] Error: no\\n {4}at /);
    expect(lines[2]).toMatch(/: a\/b=0\.500 \{\} \[ {3}\] Error: later/);
    const timed = (line: string): string => {
      const found: string[] = [];
      const other = new LineHandler((one) => found.push(one), linePattern(line));
      logger.addHandler(other);
      logger.info('x', { time: Date.UTC(2026, 0, 2, 3, 4, 5) });
      logger.removeHandler(other);
      return found.join('');
    };
    // Without a format of its own a time is a date and a time.
    expect(timed('{time} {message}')).toMatch(/^2026-01-0\d.\d\d:\d\d:05.* x\n?$/);
    const about = linePattern('{pathname}:{lineno} {process} {thread} {rank}|{exc_info}');
    const stack = 'TypeError: no\n    at x';
    const made = { name: 'x', level: 20, message: 'm', time: 0 };
    const where = { pathname: 'a.py', lineno: 7 };
    expect(about({ ...made, rank: 3, fields: where })).toBe(`a.py:7 ${process.pid} ${threadId} 3|\n`);
    for (const error of [Object.assign(new Error('no'), { stack }), { type: 'TypeError', message: 'no', stack }])
      for (const field of ['exc_info', 'err', 'error'])
        expect(about({ ...made, rank: 0, fields: { [field]: error } })).toBe(
          `: ${process.pid} ${threadId} 0|TypeError: no\\n    at x\n`,
        );
    expect(() => linePattern('{time')).toThrow(
      'linePattern: pattern: expected a name in braces at character 1, found a brace alone; "{{" is one',
    );
    expect(() => linePattern('a {b c}')).toThrow('at character 3, found "{b c}"');
    expect(() => linePattern('a', { timeFormat: '%Q' })).toThrow(
      'linePattern: timeFormat: the conversion "%Q" is unknown',
    );
  });
});
