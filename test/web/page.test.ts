import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser } from '../../scripts/browser.mjs';
import { violationsOf } from '../support/axe.ts';
import { commandTask, Place, type Program } from '../support/program.ts';

const shell = (name: string, script: string): string => commandTask(name, ['sh', '-c', script], 'success_status = 0');
const condition = (name: string, lines: string): string =>
  `[[condition]]\nname = "${name}"\nrecurring = true\n${lines}\n`;

/** A backup that fails until the file `fixed` is there, a task that runs until the file `go` is, and an event. */
const TOML = (folder: string): string =>
  [
    'scheduler_tick_seconds = 1',
    shell(
      'Backup',
      `echo copying; [ -e ${folder}/fixed ] && echo all copied && exit; echo 'rsync: <b>no</b> space' >&2; exit 23`,
    ),
    shell('Long', `echo first line; while [ ! -e ${folder}/go ]; do sleep 0.1; done; echo last line`),
    shell('Quick', 'echo quick'),
    condition('Nightly', 'type = "interval"\ninterval_seconds = 1\nmax_tasks_retries = 1\ntasks = ["Backup"]').replace(
      'recurring = true\n',
      '',
    ),
    condition('Slow', 'type = "bucket"\ntasks = ["Long"]'),
    condition('Noon', 'type = "time"\ntime_specifications = [{ hour = 12, minute = 0 }]\ntasks = ["Quick"]'),
    '[[event]]\nname = "Poke"\ntype = "cli"\ncondition = "Slow"',
  ].join('\n');

const PAGES = [
  'now',
  'timeline',
  'calendar',
  'log',
  'metrics',
  'file',
  'item/condition%2FNightly',
  'item/task%2FBackup',
  'story/run-1',
];

describe('the page of whenever web', () => {
  let place: Place;
  let daemon: Program;
  let web: Program;
  let browser: Browser;
  let context: BrowserContext;
  let origin = '';
  const problems: string[] = [];
  const strangers: string[] = [];

  const startDaemon = async (): Promise<void> => {
    daemon = place.start(['-L', 'info', '--log-json', place.file('config.toml')]);
    await daemon.record(/START\/MSG\] whenever/);
  };
  /** Opens a page in a window of its own; what it complains about and what it asks for elsewhere is kept. */
  const open = async (hash: string): Promise<Page> => {
    const page = await context.newPage();
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    page.on('console', (message) => problems.push(`${hash} ${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(`${hash} ${error.stack ?? error.message}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) strangers.push(request.url());
    });
    await page.goto(`${origin}/#/${hash}`);
    await page.locator('h1').first().waitFor();
    return page;
  };

  beforeAll(async () => {
    place = new Place();
    place.write('config.toml', TOML(place.path));
    await startDaemon();
    web = place.start(['web', '--port', '0']);
    await web.until(() => /http:\S+/.test(web.stdout), 'the address');
    const address = /http:\S+/.exec(web.stdout)![0];
    origin = new URL(address).origin;
    browser = await startBrowser();
    context = await browser.newContext();
    const first = await context.newPage();
    await first.goto(address);
    await first.getByRole('heading', { name: /failed at the last run: Nightly/ }).waitFor();
    await first.close();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await place.clear();
  });

  test('shows what failed, why, and what it printed; runs it again, and shows that it succeeds', async () => {
    const page = await open('now');
    const row = page.locator('tr[data-condition="Nightly"]');
    await row.getByText('exit code 23').waitFor();
    expect(await row.locator('code').textContent()).toBe('rsync: <b>no</b> space');
    await row.getByRole('link', { name: 'Nightly' }).click();
    await page.getByRole('button', { name: 'Output and more' }).first().click();
    await page.getByRole('region', { name: 'Standard output of Backup' }).getByText('copying').waitFor();
    await page.getByRole('region', { name: 'Standard error of Backup' }).getByText('rsync: <b>no</b> space').waitFor();
    place.write('fixed', '');
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.locator('.facts').getByText('succeeded').first().waitFor();
    await page.goto(`${origin}/#/now`);
    await page.getByRole('heading', { name: 'All is well' }).waitFor();
    await page.close();
  });

  test('an event that is triggered by keys begins a run, whose output comes live; its end is seen', async () => {
    const page = await open('now');
    await page.getByRole('button', { name: /Trigger an event/ }).press('Enter');
    expect(await page.getByRole('combobox', { name: 'Event' }).inputValue()).toBe('Poke');
    await page.getByLabel(/Data/).fill('{"a": ');
    await page.getByRole('alert').getByText('This is not JSON').waitFor();
    await page.getByLabel(/Data/).fill('');
    await page.keyboard.press('Enter');
    const running = page.getByRole('region', { name: /Running/ });
    await running.getByRole('button', { name: 'Output' }).press('Enter');
    await running.getByText('first line').waitFor();
    place.write('go', '');
    await running.waitFor({ state: 'hidden' });
    await page.locator('tr[data-condition="Slow"]').getByText('succeeded').waitFor();
    await page.close();
  });

  test('an action that loses something is asked for; Escape leaves it and gives the focus back', async () => {
    const page = await open('item/condition%2FNoon');
    await page.getByRole('button', { name: 'Reset Noon' }).press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Reset Noon');
    await page.getByRole('button', { name: 'Suspend Noon' }).click();
    await page.getByRole('button', { name: 'Resume Noon' }).click();
    await page.getByRole('button', { name: 'Suspend Noon' }).waitFor();
    await page.close();
  });

  test('digits open pages, ? shows the keys, / goes to the filter', async () => {
    const page = await open('now');
    await page.keyboard.press('3');
    await page.getByRole('heading', { name: /Week of/ }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('heading', { name: /Conditions/ }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('noon');
    await page.locator('tr[data-condition="Nightly"]').waitFor({ state: 'hidden' });
    await page.locator('h1').click();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.close();
  });

  test('the grid of the calendar goes by arrow keys; an hour shows its runs', async () => {
    const page = await open('calendar');
    await page.locator('.week td[data-kind="failed"] button, .week td[data-kind="succeeded"] button').first().click();
    await page
      .getByRole('region', { name: /:00 to/ })
      .getByRole('link', { name: 'Nightly' })
      .first()
      .waitFor();
    const before = await page.evaluate<string>('document.activeElement.dataset.cell');
    const [day, hour] = before.split(' ').map(Number) as [number, number];
    await page.keyboard.press(hour > 0 ? 'ArrowUp' : 'ArrowDown');
    expect(await page.evaluate('document.activeElement.dataset.cell')).toBe(`${day} ${hour > 0 ? hour - 1 : hour + 1}`);
    await page.close();
  });

  test('the timeline opens a run by keys, and counts what is shown', async () => {
    const page = await open('timeline');
    await page.locator('#canvas[data-from]').waitFor();
    await page.getByRole('button', { name: 'Count what is shown' }).click();
    const selection = page.getByRole('region', { name: /Selection/ });
    await selection.getByRole('rowheader', { name: 'all conditions' }).waitFor();
    await page.locator('#canvas').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('#details').getByRole('list').first().waitFor();
    await page
      .locator('#details')
      .getByText(/run-\d+/)
      .first()
      .waitFor();
    await page.close();
  });

  test('says that the instance has ended, and comes back by itself', async () => {
    const page = await open('now');
    daemon.send('exit');
    await daemon.ended;
    await page
      .getByRole('alert')
      .getByText(/Not running since/)
      .waitFor();
    await page.locator('tr[data-condition="Nightly"]').waitFor();
    await startDaemon();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    await page.close();
  });

  test.each(PAGES)(
    '%s has no violation of axe and no sideways scrolling at three widths, light and dark',
    async (hash) => {
      const page = await open(hash);
      await page
        .getByText(/^Loading/)
        .first()
        .waitFor({ state: 'hidden' });
      for (const width of [1280, 768, 390]) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          // The colours alone differ.
          const only = colorScheme === 'dark' ? ['color-contrast'] : undefined;
          expect(await violationsOf(page, only), `${width} ${colorScheme}`).toEqual([]);
        }
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${width}`).toBe(true);
      }
      await page.close();
    },
  );

  test('asks for nothing elsewhere, and nothing is complained about', () => {
    expect(strangers).toEqual([]);
    expect(problems).toEqual([]);
  });
});
