import { describe, expect, test } from 'vitest';
import {
  encodeMessage,
  InvalidRequestError,
  MAX_REQUEST_BYTES,
  parseRequest,
  REQUESTS,
  type Request,
} from '../../src/control/request.ts';

const refusal = (line: string): string => {
  try {
    parseRequest(line);
    return 'taken';
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequestError);
    return (error as Error).message;
  }
};

describe('requests over the control socket', () => {
  test.each<Request>([
    { request: 'status', conditions: ['A'] },
    { request: 'story', items: ['A', 'tick-17'], count: 3 },
    { request: 'explain', condition: 'A' },
    { request: 'events', topic: 'all', follow: true },
    { request: 'logs', level: 'trace', since: 1.5 },
    { request: 'ctl', line: 'pause' },
    { request: 'hello' },
    { request: 'log_event', topics: 'disk', value: null },
    { request: 'log_event', topics: ['disk', 'all'], value: { free: [12, 'GB'] } },
    { request: 'dump' },
  ])('%j is read as it was written', (request) => {
    expect(parseRequest(encodeMessage(request))).toEqual(request);
  });

  test.each<[line: string, text: RegExp]>([
    ['', /one JSON object/],
    ['garbage', /one JSON object/],
    ['[]', /one JSON object/],
    ['null', /one JSON object/],
    ['"status"', /one JSON object/],
    ['{}', /unknown request undefined \(known: hello, status, story/],
    ['{"request":"exit"}', /unknown request "exit"/],
    ['{"request":"toString"}', /unknown request/],
    ['{"request":["status"]}', /unknown request/],
    ['{"request":"status","conditions":"A"}', /conditions has to be a list of texts/],
    ['{"request":"status","conditions":[1]}', /conditions has to be a list of texts/],
    ['{"request":"status","nobody":1}', /unknown field "nobody"/],
    ['{"request":"status","__proto__":1}', /unknown field "__proto__"/],
    ['{"request":"story"}', /items is missing/],
    ['{"request":"logs","level":"loud"}', /level has to be one of trace, debug,/],
    ['{"request":"logs","count":-1}', /count has to be a number, 0 or more/],
    ['{"request":"logs","since":"now"}', /since has to be a number/],
    ['{"request":"log_event","topics":"disk"}', /log_event: value is missing/],
    ['{"request":"log_event","topics":[1],"value":1}', /log_event: topics has to be a text or a list of texts/],
    ['{"request":"ctl","line":5}', /line has to be a text/],
  ])('%s is refused', (line, text) => {
    expect(refusal(line)).toMatch(text);
  });

  test('a refusal does not repeat more than a little of what was said', () => {
    expect(refusal(JSON.stringify({ request: 'x'.repeat(MAX_REQUEST_BYTES) })).length).toBeLessThan(300);
  });

  test('every request and field has a sentence', () => {
    for (const { help, fields } of Object.values(REQUESTS)) {
      expect(help).toMatch(/^[A-Z].*\.$/);
      for (const field of Object.values(fields)) expect(field.help).not.toBe('');
    }
  });
});
