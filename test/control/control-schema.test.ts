import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
// @ts-expect-error: a script without types
import { controlSchemaText } from '../../scripts/control-schema.mjs';
import { parseRequest, REQUESTS, type Request } from '../../src/control/request.ts';
import { CONTROL_SCHEMA, controlSchema } from '../support/control-schema.ts';
import { bucket, interval, TICK, task } from '../support/items.ts';
import { requestHandler, responseStream, settle } from '../support/request-handler.ts';

const schema = controlSchema();
const names = Object.keys(REQUESTS);

test('the schema of the control socket is the one of the tables and types (npm run man)', async () => {
  expect(await controlSchemaText(), 'run "npm run man" and commit the result').toBe(
    readFileSync(CONTROL_SCHEMA, 'utf8'),
  );
}, 60_000);

test('the schema has each request and its answer', () => {
  for (const name of names) {
    expect(schema.definitions).toContain(`request.${name}`);
    expect(schema.definitions).toContain(`answer.${name}`);
  }
});

describe('the schema accepts the requests that the socket accepts', () => {
  const lines: readonly [line: object, accepted: boolean][] = [
    [{ request: 'status' }, true],
    [{ request: 'status', conditions: ['A'] }, true],
    [{ request: 'status', conditions: 'A' }, false],
    [{ request: 'status', more: 1 }, false],
    [{ request: 'story' }, false],
    [{ request: 'story', items: ['A'], count: 0 }, true],
    [{ request: 'story', items: ['A'], count: -1 }, false],
    [{ request: 'logs', level: 'warn', follow: true, since: 1.5 }, true],
    [{ request: 'logs', level: 'loud' }, false],
    [{ request: 'near', word: 'A', among: 'topic' }, true],
    [{ request: 'near', word: 'A', among: 'thing' }, false],
    [{ request: 'log_event', topics: ['a'], value: null }, true],
    [{ request: 'log_event', topics: 'a', value: [{}] }, true],
    [{ request: 'log_event', topics: 5, value: 1 }, false],
    [{ request: 'log_event', topics: 'a' }, false],
    [{ request: 'state', action: 'get', name: 'a' }, true],
    [{ request: 'state', action: 'take', name: 'a' }, false],
    [{ request: 'lock', name: 'a', wait: 0 }, true],
    [{ request: 'lock' }, false],
    [{ request: 'exit' }, false],
    [{}, false],
  ];
  test.each(lines)('%j: %j', (line, accepted) => {
    const takes = (): boolean => {
      try {
        parseRequest(JSON.stringify(line));
        return true;
      } catch {
        return false;
      }
    };
    expect({ socket: takes(), schema: schema.request(line).length === 0 }).toEqual({
      socket: accepted,
      schema: accepted,
    });
  });
});

describe('answers are as the schema says', () => {
  const GUARD = `[[condition]]\nname = "Guard"\ntype = "command"\nstartup_path = "/"\ncommand = "probe"\ncommand_arguments = []\nsuccess_status = 0\ncheck_after = 5\nrecurring = true\ntasks = []\n`;
  const FILE = `${TICK}${task('T')}${task('Fails')}${interval('Soon', 5)}${interval('Late', 5, 'overdue_seconds = 1', '["Fails"]')}${interval('Held', 5, 'only_when = ["Guard"]')}${interval('Off', 60, 'suspended = true')}${bucket('Asked')}${GUARD}`;

  test('of a scheduler with conditions that run, fail, are held, overdue and suspended, and a refused file', async () => {
    const { daemon, ask } = await requestHandler(FILE, {
      processes: {
        T: [{ seconds: 1, end: { how: 'exit', code: 0 } }, { seconds: 60 }],
        Fails: [{ end: { how: 'exit', code: 3 } }],
        probe: [{ end: { how: 'exit', code: 1 } }],
      },
      level: 'debug',
    });
    await daemon.advance(40);
    await ask({ request: 'ctl', line: 'configure missing.toml' });
    await ask({ request: 'ctl', line: 'suspend_condition Asked 1h' });
    await ask({ request: 'log_event', topics: 'disk', value: { free: [1, null] } });
    await ask({ request: 'state', action: 'set', name: 'a', value: { x: 1, y: { float: 'Infinity' } } });
    const status = await ask<object>({ request: 'status' });
    expect(JSON.stringify(status)).toMatch(/"held":\{.*"guard":\{|"guard":\{.*"held":\{/);
    expect(JSON.stringify(status)).toMatch(/"refused":\{/);
    expect(JSON.stringify(status)).toMatch(/"overdue":\{/);
    const requests: readonly Request[] = [
      { request: 'hello' },
      { request: 'status' },
      { request: 'status', conditions: ['Held', 'Q'] },
      { request: 'story', items: ['Soon', 'T', 'tick-1'] },
      ...['Soon', 'Late', 'Held', 'Off', 'Asked', 'Q'].map((condition) => ({ request: 'explain', condition }) as const),
      { request: 'output', item: 'Fails' },
      { request: 'output', item: 'Q' },
      { request: 'events' },
      ...['all', 'errors', 'disk', 'nothing'].map((topic) => ({ request: 'events', topic }) as const),
      { request: 'logs', count: 0 },
      { request: 'near', word: 'Son', among: 'condition' },
      { request: 'ctl', line: 'pause 1h' },
      { request: 'ctl', line: 'resume' },
      { request: 'ctl', line: 'run Q' },
      { request: 'ctl', line: 'help' },
      { request: 'log_event', topics: '', value: 1 },
      ...(['get', 'list', 'remove'] as const).map((action) => ({ request: 'state', action, name: 'a' }) as const),
      { request: 'state', action: 'get', name: 'a', key: 'x' },
      { request: 'vitals' },
      { request: 'environment', condition: 'Soon' },
      { request: 'environment', condition: 'Q' },
      { request: 'dump' },
    ];
    for (const request of requests) {
      const done = JSON.parse(JSON.stringify(await ask(request))) as unknown;
      expect({ request, wrong: schema.answer(request.request, { done }) }).toEqual({ request, wrong: [] });
    }
  });

  test('and their parts: events, records, output, a run and a lock', async () => {
    const { daemon, ask } = await requestHandler(FILE, {
      processes: { T: [{ seconds: 60, stdout: 'begun\n' }], probe: [{ end: { how: 'exit', code: 1 } }] },
      level: 'debug',
    });
    await daemon.advance(8);
    const follow = (request: Request) => {
      const stream = responseStream();
      const done = ask<unknown>(request, stream.one);
      return { ...stream, request, done };
    };
    const streams = [
      follow({ request: 'events', topic: 'all', follow: true }),
      follow({ request: 'logs', level: 'trace', follow: true }),
      follow({ request: 'output', item: 'T', follow: true }),
      follow({ request: 'ctl', line: 'run Late' }),
      follow({ request: 'lock', name: 'disk' }),
      follow({ request: 'lock', name: 'disk' }),
    ];
    await settle();
    await daemon.advance(20);
    for (const { leave } of streams) leave();
    for (const { request, parts, done } of streams) {
      expect({ request, parts: parts.length > 0 }).toEqual({ request, parts: true });
      for (const line of [...parts.map((part) => ({ part })), { done: await done }])
        expect({
          request,
          line,
          wrong: schema.answer(request.request, JSON.parse(JSON.stringify(line))),
        }).toMatchObject({
          wrong: [],
        });
    }
  });

  test('a key that is not in the schema, and one of another type, are found', () => {
    expect(schema.answer('ctl', { done: { kind: 'done', said: 'x', idle: false } })).toEqual([]);
    expect(schema.answer('ctl', { done: { kind: 'done', said: 'x', idle: false, more: 1 } })).not.toEqual([]);
    expect(schema.answer('ctl', { done: { kind: 'done', said: 5, idle: false } })).not.toEqual([]);
    expect(schema.answer('ctl', { error: 'x' })).toEqual([]);
  });
});
