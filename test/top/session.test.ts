import { beforeEach, describe, expect, test } from 'vitest';
import type { Request } from '../../src/control/request.ts';
import { PLAIN } from '../../src/terminal/terminal.ts';
import { readKey } from '../../src/top/keys.ts';
import type { ItemOutput } from '../../src/top/model.ts';
import { Screen } from '../../src/top/screen.ts';
import { Session } from '../../src/top/session.ts';
import { BUSY, condition, NOW, report } from './support.ts';

type Part = (part: unknown) => void;
/** A request that goes on. */
interface Followed {
  readonly part: Part;
  readonly end: (answer: unknown) => void;
  readonly fail: (error: Error) => void;
}

let now: number;
let timers: { at: number; act: () => void }[];
let asked: Request[];
let followed: Map<string, Followed>;
/** What is answered, by the kind of the request; an error rejects. */
let answers: Record<string, unknown>;
let kept: Record<string, ItemOutput>;
let looks: string[];
/** How long a status takes. */
let slowMs: number;
let drawn: readonly string[];
let session: Session;
let ended: Promise<void>;

const settle = async () => {
  for (let i = 0; i < 60; i++) await Promise.resolve();
};
const pass = async (ms: number) => {
  const end = now + ms;
  await settle();
  for (;;) {
    const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
    if (!next) break;
    now = Math.max(now, next.at);
    timers = timers.filter((one) => one !== next);
    next.act();
    await settle();
  }
  now = end;
};
const press = async (...keys: string[]) => {
  for (const key of keys) session.key(key.length === 1 ? readKey(key, { sequence: key }) : { name: key, text: '' });
  await pass(300);
};
const text = () => drawn.join('\n');

const call = async (request: Request, part: Part = () => {}, signal?: AbortSignal): Promise<unknown> => {
  asked.push(request);
  const name = 'follow' in request && request.follow ? `${request.request} followed` : request.request;
  const answer = answers[name];
  if (answer instanceof Error) throw answer;
  if (name.endsWith('followed'))
    return new Promise((resolve, reject) => {
      followed.set(name, { part, end: resolve, fail: reject });
      signal?.addEventListener('abort', () => resolve(undefined));
    });
  if (request.request === 'output') return (answer as Record<string, unknown>)[request.item];
  if (request.request === 'status') now += slowMs;
  if (request.request === 'ctl') part({ said: 'it is under way' });
  return answer;
};

const outputOf = (item: string, more: object) => ({
  ...{ item, known: true, history: null, latest: null, followed: false, leftOut: 0 },
  ...more,
});

const start = async () => {
  const screen = new Screen(() => {});
  screen.draw = (lines) => {
    drawn = lines;
  };
  session = new Session(
    {
      ...{ call, screen, mono: () => now, wall: () => NOW + now },
      after: (ms, act) => {
        const timer = { at: now + ms, act };
        timers.push(timer);
        return () => {
          timers = timers.filter((one) => one !== timer);
        };
      },
      isNotRunning: (error) => (error as Error).message === 'nothing listens',
      kept: (history, item) => {
        looks.push(`${history} ${item}`);
        return kept[item];
      },
      eventNames: async (config) => {
        if (answers.names instanceof Error) throw answers.names;
        return [config];
      },
    },
    { ...PLAIN, unicode: true, width: 80, height: 24 },
  );
  ended = session.run();
  await pass(300);
};

beforeEach(async () => {
  slowMs = 0;
  [now, timers, asked, followed, kept, looks, drawn] = [0, [], [], new Map(), {}, [], []];
  answers = {
    status: BUSY,
    events: { topic: 'task/Copy', total: 0, events: [] },
    story: { dropped: 0, chapters: [] },
    output: {},
    ctl: { kind: 'done', said: 'it runs', idle: false },
  };
  await start();
});

describe('the view of a running instance', () => {
  test('shows what a command does, however slowly the instance has answered before', async () => {
    const changed = async () => {
      const before = asked.length;
      followed.get('events followed')!.part({ item: 'condition/Nightly', topics: [], message: null });
      await pass(1000);
      return asked.slice(before).filter(({ request }) => request === 'status').length;
    };
    slowMs = 75;
    expect(await changed()).toBe(1);
    expect(await changed()).toBe(0);
    await press('c', 'y');
    expect(asked).toContainEqual({ request: 'ctl', line: 'cancel Nightly' });
    expect(await changed()).toBe(1);
  });

  test('shows its conditions, and ends with a key', async () => {
    expect(session.connected).toBe(true);
    expect(text()).toContain('▶ Nightly');
    await press('q');
    await ended;
    expect(asked.filter(({ request }) => request === 'status')).toHaveLength(1);
  });

  test('says why it was lost, unless it has only ended', async () => {
    followed.get('events followed')!.fail(new Error('nothing listens'));
    await pass(300);
    expect(text()).toContain('not running since');
    answers.status = new Error('it answers nonsense');
    await pass(2000);
    expect(text()).toContain('it answers nonsense');
    expect(session.connected).toBe(false);
    answers.status = BUSY;
    await pass(2000);
    expect(session.connected).toBe(true);
  });

  test('asks again for a row whose instant is over', async () => {
    answers.status = report([condition('Soon', { next: NOW + 2000 }), condition('Never', { next: null })]);
    followed.get('events followed')!.part({ dropped: 1 });
    await pass(1000);
    asked = [];
    await pass(4000);
    expect(asked).toContainEqual({ request: 'status', conditions: ['Soon'] });
  });
});

describe('a command', () => {
  test.each([
    [{ kind: 'done', said: 'it runs', idle: false }, 'it runs'],
    [{ kind: 'done', said: 'it ran', idle: false, run: { id: 'run-1', outcome: 'failure' } }, 'it ran'],
    [{ kind: 'done', said: 'it was so', idle: true }, 'it was so'],
    [{ kind: 'refused', said: 'it is paused', idle: false }, 'it is paused'],
    [new Error('nothing listens'), 'no instance is running'],
    [new Error('it hung up'), 'it hung up'],
  ])('shows its answer: %j', async (answer, shown) => {
    answers.ctl = answer;
    await press('r');
    expect(text()).toContain(shown);
    expect(asked).toContainEqual({ request: 'ctl', line: 'run Nightly' });
  });
});

describe('the page of a condition', () => {
  test('has the first output there is: of this instance, or of the history, which is read once', async () => {
    answers.output = {
      'task/Copy': outputOf('task/Copy', {}),
      'task/Prune': outputOf('task/Prune', { history: '/history' }),
      'condition/Nightly': outputOf('condition/Nightly', {
        latest: { run: 'run-4', running: false, output: { stdout: 'of the condition\n' } },
      }),
    };
    await press('return');
    expect(text()).toContain('of the condition');
    kept['task/Prune'] = { item: 'task/Prune', run: 'run-2', running: false, output: { stdout: 'of old\n' } };
    await press('escape', 'return');
    expect(text()).not.toContain('of old');
    expect(looks).toEqual(['/history task/Prune']);
    // Another instance may have written more.
    followed.get('events followed')!.end(null);
    await pass(2000);
    await press('escape', 'return');
    expect(text()).toContain('of old');
    expect(looks).toHaveLength(2);
  });

  test('of the last key counts when several come at once', async () => {
    asked = [];
    await press('return', 'escape', 'down', 'return');
    const stories = asked.flatMap((one) => (one.request === 'story' ? [one.items] : []));
    expect(stories.at(-1)).toEqual(['condition/Backup']);
    expect(text()).toContain('condition Backup');
  });

  test('says why it could not be read', async () => {
    answers.story = new Error('it hung up');
    await press('return');
    expect(text()).toContain('it hung up');
  });
});

describe('an output', () => {
  const follow = async (): Promise<Followed> => {
    await press('o');
    return followed.get('output followed')!;
  };

  test('comes while it is written, with what is left out', async () => {
    const { part, end } = await follow();
    part({ item: 'task/Copy', running: 'run-4' });
    part({ stream: 'stdout', text: 'one\n' });
    part({ leftOut: 17 });
    await pass(300);
    expect(text()).toContain('run-4, which is under way');
    expect(text()).toContain('one\n\n(17 bytes are left out here)');
    end(outputOf('task/Copy', { followed: true }));
    await pass(300);
    expect(text()).toContain('run-4, ended');
    expect(text()).toContain('one');
  });

  test('that was not complete is shown as it is kept', async () => {
    const { part, end } = await follow();
    part({ item: 'task/Copy', running: 'run-4' });
    part({ stream: 'stdout', text: 'cut off' });
    const latest = { run: 'run-4', running: false, output: { stdout: 'all of it\n' } };
    end(outputOf('task/Copy', { followed: true, leftOut: 3, latest }));
    await pass(300);
    expect(text()).toContain('all of it');
    expect(text()).not.toContain('cut off');
  });

  test('of no run says so, and the next run is followed', async () => {
    (await follow()).end(outputOf('task/Copy', {}));
    await pass(300);
    expect(text()).toContain('no run is known');
    asked = [];
    followed.get('events followed')!.part({
      ...{ seq: 1, time: NOW, mono: 0, topics: ['task/Copy'], item: 'task/Copy', run: 'run-5', cause: 'tick-1' },
      message: { action: 'transition', start: 'idle', finish: 'running', why: '' },
    });
    expect(asked).toContainEqual({ request: 'output', item: 'task/Copy', follow: true });
  });

  test('that fails says why, unless its page has been left', async () => {
    const left = await follow();
    await press('escape');
    left.fail(new Error('too late'));
    const { fail } = await follow();
    fail(new Error('it hung up'));
    await pass(300);
    expect(text()).toContain('it hung up');
  });
});

describe('the log', () => {
  const record = (message: string) => ({
    ...{ kind: 'log', seq: 3, time: NOW, mono: 0, item: null, run: null, cause: null, level: 'warn', mark: 'END/FAIL' },
    ...{ context: { emitter: 'MAIN', action: 'main' }, message },
  });

  test('shows records as they come, of an item and a level', async () => {
    await press('L', '+');
    expect(asked.at(-1)).toEqual({
      ...{ request: 'logs', follow: true, count: 200, level: 'debug', item: 'condition/Nightly' },
    });
    const { part } = followed.get('logs followed')!;
    part(record('the first'));
    part({ dropped: 3 });
    part(record('the second'));
    await pass(300);
    expect(text()).toMatch(/the first[\s\S]*the second/);
  });
});

test('Ctrl-L draws everything again, and what fails after its page was left says nothing', async () => {
  drawn = [];
  await press('ctrl-l');
  expect(text()).toContain('Backup');
  await press('L');
  const { fail } = followed.get('logs followed')!;
  await press('escape');
  fail(new Error('it was left'));
  await pass(300);
  expect(text()).not.toContain('it was left');
  await press('l');
  expect(asked.at(-1)).toEqual({ request: 'logs', follow: true, count: 200 });
});

describe('the events', () => {
  test('are those of the file that runs', async () => {
    await press('t');
    expect(text()).toContain('/home/ann/my.toml');
  });

  test('that cannot be read say why', async () => {
    answers.names = new Error('the file cannot be read');
    await press('t');
    expect(text()).toContain('the file cannot be read');
  });

  test('are none before an instance was found', async () => {
    answers['events followed'] = answers.status = new Error('nothing listens');
    await start();
    await press('t');
    expect(text()).toContain('There are no events of type cli here.');
  });
});
