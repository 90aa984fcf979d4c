// biome-ignore-all lint/performance/useDomNodeTextContent: what a reader sees is meant, not what the document holds
import { existsSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../scripts/browser.mjs';
import { renderHtml } from '../../src/renderings/html/html.ts';
import { violationsOf } from '../support/axe.ts';
import { type Opened, Viewer } from '../support/browser.ts';
import { day, MIDNIGHT, many, SpanDataBuilder } from '../support/span-data.ts';

const SECOND = 1e9;

describe.skipIf(!existsSync(CHROMIUM))('the page in a browser (needs chromium-headless-shell)', () => {
  let viewer: Viewer;
  let opened: Opened | undefined;
  beforeAll(async () => {
    viewer = await Viewer.start();
  });
  afterAll(() => viewer.close());
  // In no test the page reports a problem or makes a request.
  afterEach(async () => {
    const { problems = [], requests = [], page } = opened ?? {};
    opened = undefined;
    await page?.context().close();
    expect({ problems, requests }).toEqual({ problems: [], requests: [] });
  });
  const open = async (...args: Parameters<Viewer['open']>): Promise<Page> => {
    opened = await viewer.open(...args);
    return opened.page;
  };

  /** The part of time that is shown, ns. */
  const viewOf = async (page: Page): Promise<{ from: number; to: number; width: number }> => {
    // What was asked for is drawn with the next picture.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const canvas = page.locator('#canvas');
    const [from, to] = [Number(await canvas.getAttribute('data-from')), Number(await canvas.getAttribute('data-to'))];
    return { from, to, width: to - from };
  };
  /** Where an instant, ns since the beginning, stands in the only lane that is shown. */
  const pointOf = async (page: Page, ns: number): Promise<{ x: number; y: number }> => {
    const { from, width } = await viewOf(page);
    const box = (await page.locator('#canvas').boundingBox())!;
    return { x: 168 + ((ns - from) / width) * (box.width - 168), y: 26 + 22 + 4 + 8 };
  };
  const shown = (page: Page): Promise<string> => page.locator('#shown').innerText();
  const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement.id');

  describe('opens', () => {
    test('with a day of runs: when, how long, the file, the version, counts and outcomes', async () => {
      const page = await open(renderHtml(day()));
      expect(await page.title()).toBe('home.toml, 2026-11-20');
      const head = await page.locator('header').innerText();
      for (const text of ['2026-11-20 00:00:00 Fri to 2026-11-21 00:00:00 Sat', '1 d 0 h', 'UTC', 'whenever 2.0.0'])
        expect(head).toContain(text);
      expect(head).toContain('/home/ada/.config/whenever/home.toml');
      expect(head).toMatch(/Runs\s+128\s+success 124\s+failure 3\s+open 1/);
    });

    test('first with what went wrong: failed runs, missed instants, runs of a tick that came late', async () => {
      const builder = new SpanDataBuilder();
      const item = 'condition/A';
      builder.span('tick', 'tick-1', { item: null, cause: 'tick-1' }, [0, 1e6], { late_ms: 90_000 }, {});
      builder.span('tick', 'tick-2', { item: null, cause: 'tick-2' }, [60e9, 61e9], { late_ms: 3 }, {});
      for (const [i, outcome] of ['success', 'failure', 'error'].entries()) {
        const cause = i === 0 ? 'tick-1' : 'tick-2';
        builder.span('run', `run-${i}`, { item, cause, run: `run-${i}` }, [i * 30e9, i * 30e9 + 1e9], {}, { outcome });
      }
      const whose = { item, cause: 'tick-1' };
      for (const count of [1, 480]) builder.instant('missed', whose, 0, { condition: 'A', count, first: 0, last: 0 });
      builder.record('warn', whose, 0, 'PROC/MSG', 'time: missed 7 instants, in words that count for nothing');
      const page = await open(renderHtml(builder.build(120e9)));
      const tiles = (await page.locator('.tile').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
      expect(tiles.slice(0, 3)).toEqual([
        'Failed runs 2 of 3 runs',
        'Missed 481',
        'Late runs 1 at most 1 min 30 s late',
      ]);
    });

    test('with the words that it is a simulation, if it is one, and only then', async () => {
      const page = await open(renderHtml({ ...day(), simulated: true }));
      expect(await page.getByRole('note').innerText()).toMatch(/^This is a simulation\. Nothing of it happened/);
      expect(await page.title()).toBe('home.toml, 2026-11-20 (simulated)');
      expect(renderHtml(day())).not.toContain('This is a simulation');
    });

    test('with nothing at all', async () => {
      const page = await open(renderHtml(new SpanDataBuilder().build(0)));
      const text = await page.locator('main').innerText();
      for (const sentence of [
        'No timespans are recorded.',
        'No task has run.',
        'No failed runs and no errors.',
        'No log records are recorded.',
      ])
        expect(text).toContain(sentence);
    });

    test('with 20 000 spans, and zooms', async () => {
      const page = await open(renderHtml(many(20_000)));
      expect(await page.locator('#canvas').getAttribute('aria-label')).toBe('Timeline of 20000 spans');
      const before = await viewOf(page);
      await page.locator('#canvas').focus();
      for (let i = 0; i < 20; i += 1) await page.keyboard.press('+');
      expect((await viewOf(page)).width).toBeLessThan(before.width / 1000);
    });

    test('without scripts: the tables can be read, and it says what is missing', async () => {
      const page = await open(renderHtml(day()), { javaScriptEnabled: false });
      expect(await page.getByText('The timeline needs scripts').isVisible()).toBe(true);
      expect(await page.locator('#grid').isVisible()).toBe(false);
      expect(await page.locator('#tasks tbody tr').count()).toBe(9);
    });

    test('of a long recording, of which only the end is kept, at that end', async () => {
      const { spans, ...rest } = day();
      const kept = spans.filter(({ time }) => time >= MIDNIGHT + 20 * 3_600_000);
      const page = await open(renderHtml({ ...rest, spans: kept, leftOut: { spans: 9, instants: 0, records: 0 } }));
      expect((await viewOf(page)).from / 3600e9).toBeCloseTo(19.9, 0);
      await page.getByRole('button', { name: 'Fit everything' }).click();
      expect((await viewOf(page)).from).toBeLessThan(0);
    });

    test('with a notice of what was left out, and not without', async () => {
      const data = { ...day(), leftOut: { spans: 12_000, instants: 1, records: 0 } };
      const page = await open(renderHtml(data));
      expect(await page.getByRole('note').innerText()).toMatch(
        /too many: 12000 spans, 1 decision\. Spans begin at 2026-11-20 00:00:00 Fri\. All figures/,
      );
      expect(renderHtml(day())).not.toContain('left out');
    });
  });

  describe('is of no use to who writes hostile names', () => {
    const HOSTILE = [
      '</script><script>document.title = "owned"</script>',
      '<img src="x" onerror="document.title = \'owned\'">',
      `"'><b id="owned">&amp;</b>`,
      'two\u2028lines\u2029and \u202eright to left\u202c',
      '<!--<script>',
      ']]></style><style>*{display:none}</style>',
    ];

    test('they are shown as text, in tables, timeline, details and log', async () => {
      const builder = new SpanDataBuilder();
      for (const [i, name] of HOSTILE.entries()) {
        const whose = { item: `task/${name}`, cause: name, run: name };
        const told = { outcome: 'failure', why: name, [name]: name };
        builder.span('task', name, whose, [i * SECOND, (i + 1) * SECOND], { task: name }, told);
        builder.record('error', whose, i * SECOND, 'PROC/ERR', name);
      }
      const page = await open(renderHtml(builder.build(10 * SECOND), { title: HOSTILE[0]! }));
      expect(await page.title()).toBe(HOSTILE[0]);
      expect(await page.locator('#owned, img').count()).toBe(0);
      const names = await page.locator('#tasks tbody th').allTextContents();
      expect(names).toEqual(HOSTILE);
      const messages = await page.locator('#rows .message').allTextContents();
      expect(messages).toEqual(HOSTILE.map((name) => `[PROC/ERR] ${name}`));
      for (const i of HOSTILE.keys()) {
        await page.locator('#errors button[data-span]').nth(i).click();
        const name = HOSTILE[HOSTILE.length - 1 - i]!;
        expect(await page.locator('#details h3').textContent()).toBe(`task ${name}`);
        expect(await page.locator('#details .facts dd').allTextContents()).toContain(name);
      }
      expect(await page.title()).toBe(HOSTILE[0]);
    });

    test('a script or a style that gets in all the same is not allowed', async () => {
      const text = renderHtml(day()).replace(
        '</body>',
        '<script>document.title = "owned"</script><p id="in" style="color: red">in</p></body>',
      );
      const { page, problems } = await viewer.open(text);
      expect(await page.title()).toBe('home.toml, 2026-11-20');
      expect(await page.evaluate('getComputedStyle(document.getElementById("in")).color')).not.toBe('rgb(255, 0, 0)');
      expect(problems.filter((problem) => /Content Security Policy/.test(problem))).toHaveLength(2);
      await page.context().close();
    });
  });

  describe('the timeline', () => {
    test('zooms by the wheel, around the pointer, once it was clicked', async () => {
      const page = await open(renderHtml(day()));
      const before = await viewOf(page);
      const canvas = page.locator('#canvas');
      await canvas.hover({ position: { x: 700, y: 10 } });
      await page.mouse.wheel(0, -300);
      await page.waitForFunction('scrollY === 0');
      expect(await viewOf(page)).toEqual(before);
      await canvas.click({ position: { x: 700, y: 10 } });
      const at = (view: typeof before, width: number) => view.from + ((700 - 168) / (width - 168)) * view.width;
      const { width } = (await canvas.boundingBox())!;
      await page.mouse.wheel(0, -300);
      const after = await viewOf(page);
      expect(after.width).toBeCloseTo(before.width / Math.E, -6);
      expect(Math.abs(at(after, width) - at(before, width))).toBeLessThan(before.width / 500);
    });

    test('zooms and moves by buttons, and shows everything again', async () => {
      const page = await open(renderHtml(day()));
      const all = await viewOf(page);
      await page.getByRole('button', { name: 'Zoom in' }).click();
      const near = await viewOf(page);
      expect(near.width).toBeLessThan(all.width);
      await page.getByRole('button', { name: 'Later' }).click();
      expect((await viewOf(page)).from).toBeGreaterThan(near.from);
      await page.getByRole('button', { name: 'Earlier' }).click();
      await page.getByRole('button', { name: 'Zoom out' }).click();
      expect((await viewOf(page)).width).toBeCloseTo(all.width, -3);
      await page.getByRole('button', { name: 'Zoom in' }).click();
      await page.getByRole('button', { name: 'Fit everything' }).click();
      expect(await viewOf(page)).toEqual(all);
    });

    test('zooms and moves by keys', async () => {
      const page = await open(renderHtml(day()));
      const all = await viewOf(page);
      await page.locator('#canvas').focus();
      for (const key of ['+', '+', '=']) await page.keyboard.press(key);
      const near = await viewOf(page);
      expect(near.width).toBeLessThan(all.width / 3);
      await page.keyboard.press('ArrowRight');
      expect((await viewOf(page)).from).toBeGreaterThan(near.from);
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('-');
      expect((await viewOf(page)).width).toBeGreaterThan(near.width);
      await page.keyboard.press('0');
      expect(await viewOf(page)).toEqual(all);
    });

    test('moves when it is dragged, and not past its ends', async () => {
      const page = await open(renderHtml(day()));
      const all = await viewOf(page);
      await page.getByRole('button', { name: 'Zoom in' }).click();
      const near = await viewOf(page);
      const box = (await page.locator('#canvas').boundingBox())!;
      const drag = async (by: number) => {
        await page.mouse.move(box.x + 600, box.y + 10);
        await page.mouse.down();
        await page.mouse.move(box.x + 600 + by, box.y + 10, { steps: 4 });
        await page.mouse.up();
      };
      await drag(-100);
      const point = near.width / (box.width - 168);
      expect(Math.abs((await viewOf(page)).from - near.from - 100 * point)).toBeLessThan(point);
      expect(await page.locator('#details').isHidden()).toBe(true);
      await drag(5000);
      expect((await viewOf(page)).from).toBe(all.from);
    });

    test('moves to where its minimap is clicked', async () => {
      const page = await open(renderHtml(day()));
      await page.locator('#canvas').focus();
      for (let i = 0; i < 6; i += 1) await page.keyboard.press('+');
      const { width } = (await page.locator('#minimap').boundingBox())!;
      await page.locator('#minimap').click({ position: { x: width / 4, y: 10 } });
      const { from, to } = await viewOf(page);
      expect((from + to) / 2 / 3600e9).toBeCloseTo(24 / 4 - 0.12, 0);
    });

    test('shows only items that a text is part of, and categories that are wanted', async () => {
      const page = await open(renderHtml(day()));
      const height = async () => {
        await viewOf(page);
        return (await page.locator('#scroller').boundingBox())!.height;
      };
      const all = await height();
      await page.getByLabel('Items').fill('photo');
      const some = await height();
      expect(some).toBeLessThan(all);
      await page.getByLabel('Items').fill('');
      for (const box of ['command', 'lua', 'task']) await page.getByRole('checkbox', { name: box }).uncheck();
      expect(await height()).toBeLessThan(all);
      await page.getByRole('button', { name: 'Snapshot' }).first().click();
      expect(await page.getByLabel('Items').inputValue()).toBe('task/Snapshot');
    });

    test('tells what is under the pointer, and on a click all about it, and filters the log to its cause', async () => {
      const page = await open(renderHtml(day()));
      await page.getByLabel('Items').fill('condition/nightly');
      const position = await pointOf(page, 3 * 3600 * SECOND);
      await page.locator('#canvas').hover({ position });
      expect(await page.locator('#tip').innerText()).toMatch(
        /^run Nightly, success, 1 h 28 min, 02:30:00\.001\ntick-\d+, run-\d+$/,
      );
      await page.locator('#canvas').click({ position });
      const details = page.locator('#details');
      expect(await details.locator('h3').innerText()).toBe('run Nightly');
      const cause = (await details.innerText()).match(/cause\s+(tick-\d+)/)![1]!;
      expect(await details.locator('.facts').innerText()).toMatch(/tasks\s+Snapshot Backup Prune/);
      expect(await details.locator('.related li').count()).toBe(8);
      expect(await details.locator('.lines li').allInnerTexts()).toHaveLength(8);
      expect(await page.getByLabel('Cause or run').inputValue()).toBe(cause);
      expect(await shown(page)).toBe('8 of 663 records');
      await details.getByRole('button', { name: 'task Backup' }).click();
      expect(await details.locator('h3').innerText()).toBe('task Backup');
      await details.getByRole('button', { name: 'Zoom to it' }).click();
      expect((await viewOf(page)).width / 60e9).toBeCloseTo(2 * 74, 3);
    });

    test('is used by keys alone: from span to span, their details, and back', async () => {
      const page = await open(renderHtml(day()));
      await page.locator('#canvas').focus();
      await page.keyboard.press('ArrowDown');
      expect(await page.locator('#said').textContent()).toMatch(/^startup, success, 48\.0 ms/);
      for (let i = 0; i < 5; i += 1) await page.keyboard.press('ArrowDown');
      await page.keyboard.press('>');
      expect(await page.locator('#said').textContent()).toMatch(/^run Nightly, success, 1 h 28 min/);
      await page.keyboard.press('<');
      expect(await page.locator('#said').textContent()).toMatch(/^check Nightly, positive, 400 us/);
      await page.keyboard.press('>');
      await page.keyboard.press('Enter');
      expect(await page.locator('#details h3').innerText()).toBe('run Nightly');
      expect(await focused(page)).toBe('details');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Zoom to it');
      await page.keyboard.press('Escape');
      expect(await page.locator('#details').isHidden()).toBe(true);
      expect(await focused(page)).toBe('canvas');
    });

    test('draws an open span to the right edge, and failures with a pattern', async () => {
      const builder = new SpanDataBuilder();
      const whose = { item: 'task/A', cause: 'tick-1' };
      builder.span('task', 'task-1', whose, [0, 400 * SECOND], {}, { outcome: 'failure' });
      builder.span('task', 'task-2', whose, [500 * SECOND, undefined], {}, {});
      const page = await open(renderHtml(builder.build(1000 * SECOND)));
      const { y } = await pointOf(page, 0);
      const row = await page.evaluate<number[]>(
        `[...(([c]) => c.getContext('2d').getImageData(0, ${y}, c.width, 1).data)(document.querySelectorAll('#canvas'))]`,
      );
      const colours = async (from: number, to: number): Promise<readonly string[]> => {
        const [left, right] = [(await pointOf(page, from)).x, (await pointOf(page, to)).x].map(Math.round) as [
          number,
          number,
        ];
        return [
          ...new Set(
            Array.from({ length: right - left }, (_, i) => row.slice(4 * (left + i), 4 * (left + i) + 3).join()),
          ),
        ];
      };
      const [space, blue] = [await colours(430 * SECOND, 450 * SECOND), await colours(910 * SECOND, 930 * SECOND)];
      expect([space.length, blue.length]).toEqual([1, 1]);
      expect(blue).not.toEqual(space);
      expect(await colours(996 * SECOND, 999 * SECOND)).toContain(blue[0]);
      expect((await colours(300 * SECOND, 380 * SECOND)).length).toBeGreaterThan(2);
    });
  });

  describe('what went wrong', () => {
    test.each([
      [390, 844],
      [820, 1180],
      [1400, 900],
    ])(
      'is zoomed to by a click in the table of errors, with its details and why on the screen: %i × %i',
      async (width, height) => {
        const page = await open(renderHtml(day()), { viewport: { width, height } });
        const before = await viewOf(page);
        const button = page.locator('#errors tr', { hasText: 'condition/Photos' }).locator('button[data-span]').first();
        await button.click();
        const after = await viewOf(page);
        expect(after.width).toBeLessThan(before.width / 10);
        expect(await page.locator('#details h3').innerText()).toBe('run Photos');
        const boxOf = async (what: string) => (await page.locator(what).first().boundingBox())!;
        const why = page.locator('#details .facts div', { hasText: 'Thumbnails: exit status 137, not 0' }).first();
        const [whyBox, canvas, details] = [(await why.boundingBox())!, await boxOf('#canvas'), await boxOf('#details')];
        for (const box of [whyBox, { ...canvas, height: 26 }]) {
          expect(box.y).toBeGreaterThan(0);
          expect(box.y + box.height).toBeLessThan(height);
        }
        // Beside the chart where there is room, else below it.
        if (width >= 1100) expect(details.x).toBeGreaterThan(canvas.x + canvas.width - 1);
        else expect(details.y).toBeGreaterThan(canvas.y + canvas.height - 1);
        // The span is in the middle of what is shown.
        const photos = day().spans.filter(
          ({ category, name, outcome }) => category === 'run' && name === 'Photos' && outcome === 'failure',
        )[0]!;
        const middle = (photos.start + photos.finish!) / 2 - day().from;
        expect(Math.abs(middle - (after.from + after.to) / 2)).toBeLessThan(after.width / 10);
      },
    );

    test('is on the screen of a phone, with its reasons, and so are the failures of tasks', async () => {
      const page = await open(renderHtml(day()), { viewport: { width: 390, height: 844 } });
      const inside = async (what: Locator) => {
        const box = (await what.boundingBox())!;
        return box.x >= 0 && box.x + box.width <= 390;
      };
      for (const why of await page.locator('#errors .why').all()) expect(await inside(why)).toBe(true);
      for (const outcome of await page.locator('#errors .badge').all()) expect(await inside(outcome)).toBe(true);
      for (const failure of await page.locator('#tasks tbody td:nth-child(4)').all())
        expect(await inside(failure)).toBe(true);
      expect(await page.locator('.tile').first().innerText()).toMatch(/^Failed runs/);
      expect(await inside(page.locator('.tile').first())).toBe(true);
    });

    test('bars that stand for many spans are stronger than those that stand for one', async () => {
      const builder = new SpanDataBuilder();
      const whose = { item: 'task/A', cause: 'tick-1' };
      const add = (at: number) =>
        builder.span('task', builder.next('task'), whose, [at, at + 1e6], {}, { outcome: 'success' });
      add(200 * SECOND);
      for (let i = 0; i < 30; i += 1) add(600 * SECOND + i * 2e6);
      const page = await open(renderHtml(builder.build(1000 * SECOND)));
      const { y } = await pointOf(page, 0);
      const reds = await page.evaluate<number[]>(
        `(([c]) => [...c.getContext('2d').getImageData(0, ${y}, c.width, 1).data].filter((_, i) => i % 4 === 0))(document.querySelectorAll('#canvas'))`,
      );
      const darkest = async (ns: number): Promise<number> => {
        const x = Math.round((await pointOf(page, ns)).x);
        return Math.min(...reds.slice(x - 4, x + 5));
      };
      const [space, one, many30] = [
        await darkest(400 * SECOND),
        await darkest(200 * SECOND),
        await darkest(600 * SECOND),
      ];
      expect(one).toBeLessThan(space - 40);
      expect(many30).toBeLessThan(one - 40);
    });
  });

  describe('the log', () => {
    test('is filtered by level, item, text and cause, and cleared', async () => {
      const page = await open(renderHtml(day()));
      expect(await shown(page)).toBe('663 records');
      await page.getByLabel('Level').selectOption('warn and above');
      expect(await shown(page)).toBe('6 of 663 records');
      await page.locator('#item').selectOption('task/Sync');
      expect(await shown(page)).toBe('2 of 663 records');
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.waitForFunction(`document.getElementById('shown').textContent === '663 records'`);
      await page.getByLabel('Text').fill('EXIT STATUS 137');
      expect(await page.locator('#rows .message').allTextContents()).toEqual([
        '[PROC/ERR] (trigger: Photos) the command ended with exit status 137',
      ]);
      await page.getByLabel('Text').fill('');
      await page.getByLabel('Cause or run').fill('event-3');
      expect(await page.locator('#rows .cause').allTextContents()).toEqual(new Array(7).fill('event-3'));
      await page.getByLabel('Cause or run').fill('event');
      expect(await shown(page)).toBe('0 of 663 records');
    });

    test('has only a window of 20 000 records in the page', async () => {
      const page = await open(renderHtml(many(20_000)));
      expect(await shown(page)).toBe('16,045 records');
      expect(await page.locator('#grid').getAttribute('aria-rowcount')).toBe('16046');
      const rows = page.locator('#rows .row');
      expect(await rows.count()).toBeLessThan(80);
      await page.locator('#grid').focus();
      await page.keyboard.press('End');
      await page.waitForFunction(
        `document.querySelector('#rows .row:last-child').getAttribute('aria-rowindex') === '16046'`,
      );
      expect(await rows.count()).toBeLessThan(80);
      expect(await page.locator('[aria-selected=true]').getAttribute('aria-rowindex')).toBe('16046');
      expect(await page.locator('[aria-selected=true]').isVisible()).toBe(true);
    });

    test('is read by keys: record to record, all of one, and back', async () => {
      const page = await open(renderHtml(day()));
      await page.locator('#grid').focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
      expect(await page.locator('#record pre').textContent()).toBe('checked: negative');
      expect(await focused(page)).toBe('record');
      await page.keyboard.press('Escape');
      expect(await focused(page)).toBe('grid');
      expect(await page.locator('#grid').getAttribute('aria-activedescendant')).toBe('row-1');
    });

    test('leads from a record to the timeline, and from an error to its record', async () => {
      const page = await open(renderHtml(day()));
      await page.getByLabel('Level').selectOption('error');
      await page.locator('#rows .row').first().click();
      await page.getByRole('button', { name: 'Show in the timeline' }).click();
      expect(await page.locator('#details h3').innerText()).toMatch(/Sync$/);
      await page.locator('#errors button[data-record]').last().click();
      expect(await page.locator('#record pre').textContent()).toMatch(/exit status 23$/);
      expect(await page.locator('#rows [aria-selected=true]').count()).toBe(1);
    });
  });

  describe('the tables', () => {
    test('are sorted by a click and by keys: numbers fall first, texts rise', async () => {
      const page = await open(renderHtml(day()));
      const names = () => page.locator('#tasks tbody th').allTextContents();
      const runs = page.locator('#tasks thead th', { hasText: 'Runs' });
      await runs.getByRole('button').click();
      expect((await names()).slice(0, 2)).toEqual(['Measure', 'Sync']);
      expect(await runs.getAttribute('aria-sort')).toBe('descending');
      await runs.getByRole('button').press('Enter');
      expect((await names())[0]).toBe('Report');
      expect(await runs.getAttribute('aria-sort')).toBe('ascending');
      await page.locator('#tasks thead').getByRole('button', { name: 'Max' }).press('Space');
      expect((await names())[0]).toBe('Backup');
      await page.locator('#tasks thead').getByRole('button', { name: 'Task' }).click();
      expect(await names()).toEqual((await names()).toSorted());
    });

    test('tell of each task how often, how long and what came of it last, also of those that never ran', async () => {
      const page = await open(renderHtml(day()));
      const row = async (name: string) =>
        (await page.locator('#tasks tbody tr', { hasText: name }).innerText()).split(/\t/).map((cell) => cell.trim());
      expect((await row('Thumbnails')).slice(0, 5)).toEqual(['Thumbnails', '3', '2', '1', '0']);
      expect((await row('Backup')).slice(5, 10)).toEqual([
        '1 h 14 min',
        '1 h 14 min',
        '1 h 14 min',
        'success',
        '2026-11-20 02:33:00 Fri',
      ]);
      expect((await row('Report')).slice(1, 9)).toEqual(['0', '0', '0', '0', '–', '–', '–', 'never run']);
      expect((await row('Import'))[8]).toBe('open');
    });

    test('tell what went wrong: failed runs with the reasons of their tasks, and records at error', async () => {
      const page = await open(renderHtml(day()));
      const rows = (await page.locator('#errors tbody tr').allInnerTexts()).map((row) =>
        row.split(/\t/).map((cell) => cell.trim()),
      );
      expect(rows).toContainEqual([
        '2026-11-20 17:36:04 Fri',
        'run',
        'condition/Photos',
        'failure',
        'Thumbnails: exit status 137, not 0',
      ]);
      // A task is told with its run, not once more.
      expect(rows.map(([, what]) => what)).toEqual(['record', 'run', 'record', 'run', 'record', 'run']);
      // That a check was negative is no error, whatever its command ended with.
      expect(rows.filter(([, , item]) => item === 'condition/SiteIsDown')).toEqual([]);
    });
  });

  describe('is for everybody', () => {
    const background = (page: Page) => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');

    test('light or dark as the system is, and the other by a button; nothing is stored for that', async () => {
      expect(renderHtml(day())).not.toMatch(/localStorage|sessionStorage|indexedDB|cookie/);
      for (const [colorScheme, offer, other] of [
        ['light', 'Dark', 'Light'],
        ['dark', 'Light', 'Dark'],
      ] as const) {
        const page = await open(renderHtml(day()), { colorScheme });
        const before = await background(page);
        const button = page.locator('#theme');
        expect(await button.innerText()).toBe(offer);
        await button.press('Enter');
        expect(await background(page)).not.toBe(before);
        expect(await button.innerText()).toBe(other);
        await button.click();
        expect(await background(page)).toBe(before);
        await page.context().close();
      }
    });

    test('on a telephone and on a wide screen without scrolling sideways', async () => {
      for (const width of [360, 1600]) {
        const page = await open(renderHtml(day()), { viewport: { width, height: 800 } });
        await page.locator('#errors button[data-span]').first().click();
        await page.locator('#rows .row').first().click();
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        await page.context().close();
      }
    });

    test('on paper: light, without what only a screen can use', async () => {
      const page = await open(renderHtml(day()), { colorScheme: 'dark', viewport: { width: 720, height: 1000 } });
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).color')).toBe('rgb(26, 31, 39)');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(720);
      for (const hidden of ['nav', '#filters', '#grid', '#theme'])
        expect(await page.locator(hidden).isVisible(), hidden).toBe(false);
      for (const visible of ['#canvas', '#tasks table', '#errors table', '#summary table', '.printed'])
        expect(await page.locator(visible).first().isVisible(), visible).toBe(true);
    });

    test('with names for every control, headings in order and enough contrast, in light and dark', async () => {
      const page = await open(renderHtml({ ...day(), leftOut: { spans: 1, instants: 0, records: 0 } }), {
        viewport: { width: 360, height: 900 },
      });
      await page.locator('#errors button[data-span]').first().click();
      await page.locator('#rows .row').first().click();
      for (const width of [360, 1600]) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          // The colours alone differ.
          const only = colorScheme === 'dark' ? ['color-contrast'] : undefined;
          expect(await violationsOf(page, only), `${width} ${colorScheme}`).toEqual([]);
        }
      }
      await page.context().close();
    });
  });
});

test('the page without what was recorded stays below 60 000 bytes', () => {
  expect(Buffer.byteLength(renderHtml(new SpanDataBuilder().build(0)))).toBeLessThan(60_000);
});
