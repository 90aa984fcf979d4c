import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NatsLog } from '../../src/adapters/fleet/nats-log.ts';
import { definitionsOf, nodeKey } from '../../src/fleet/entries.ts';
import { NatsServer } from '../support/nats-server.ts';
import { onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';
import { expectUsable, LONG, MARKUP, tomlFor, WebPages, WIDTHS } from './support/web-page.ts';

let pages: WebPages;
let place: Place;
beforeAll(async () => {
  pages = await WebPages.launch();
});
afterAll(() => pages.close());
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const running = async (toml = tomlFor(place)): Promise<Program> => {
  const program = place.start(['-J', '-L', 'info'], { toml });
  await program.record(/^MAIN starting/);
  return program;
};

/** Another machine of a fleet, with a run that has failed. */
const joinGarage = async (server: NatsServer): Promise<void> => {
  const store = await server.connect();
  const node = { session: 'g', version: '2.0.0', skew: -1200, tags: ['gpu', 'garage'], defined: 'd' };
  await store.create(nodeKey('garage'), JSON.stringify(node));
  const defined = { session: 'g', digest: 'd', of: 1, shared: { Backup: 'another' } };
  await store.create(`${definitionsOf('garage')}0`, JSON.stringify(defined));
  const of = { time: new Date().toISOString(), session: 'of-g', condition: 'Backup', run: 'run-7', cause: 'tick-1' };
  const ended = {
    began: new Date(Date.now() - 1000).toISOString(),
    seconds: 1,
    outcome: 'failure',
    why: 'exit code 3',
  };
  const lines = [
    { ...of, kind: 'claim', tasks: ['Copy'], code: 'interval', why: 'it is time' },
    { ...of, ...ended, kind: 'task', task: 'Copy', code: 'exit-status', stderr: 'no space\n', last_line: 'no space' },
    { ...of, ...ended, kind: 'run', tasks: [], task: 'Copy', reason: 'exit code 3', last_line: 'no space' },
  ];
  const text = lines.map((value, i) => `${JSON.stringify({ n: [1, 3, 4][i], kind: 'history', value })}\n`).join('');
  await new NatsLog(store).add({ node: 'garage', session: 'g' }, 1, text, new Set(['history']));
};

const SHOTS = process.env.PAGE_SHOTS;

describe('now and one item in a browser', () => {
  test.each(WIDTHS)('%i px: what failed, why, what it printed, and again until it succeeds', async (width) => {
    await running();
    const { page, problems } = await pages.open(place, {
      viewport: { width, height: 900 },
      colorScheme: width === 768 ? 'dark' : 'light',
    });
    const shot = async (name: string) => {
      if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${width}.png` });
    };
    await page.getByRole('heading', { name: 'No run has ended yet.' }).waitFor();
    await page.getByRole('button', { name: 'Run now Fine' }).click();
    await page.getByRole('heading', { name: 'All is well' }).waitFor();
    await page.getByRole('button', { name: 'Run now Backup' }).click();
    const headline = page.getByRole('heading', { level: 1 });
    await headline.filter({ hasText: '1 of 3 conditions failed' }).waitFor();
    expect(await page.locator('tbody tr').first().getAttribute('data-condition')).toBe('Backup');
    await page.locator('tr[data-condition="Backup"] .output', { hasText: 'the disk is full' }).waitFor();
    await shot('now');
    await expectUsable(page);
    // Two clicks from the headline to the output.
    await headline.getByRole('link', { name: 'Backup' }).click();
    await page.getByRole('button', { name: 'Output and more' }).first().click();
    const written = page.getByRole('region', { name: 'Standard error of Copy' });
    await written.waitFor();
    expect(await written.textContent()).toBe('the disk is full\n');
    await shot('item');
    await expectUsable(page);
    // It is mended, and runs again.
    writeFileSync(place.file('go'), '');
    await page.getByRole('link', { name: 'Now', exact: true }).first().click();
    await page.getByRole('button', { name: 'Run now Waits' }).click();
    await page.locator('tr[data-condition="Waits"]', { hasText: 'succeeded' }).waitFor();
    expect(problems).toEqual([]);
  });

  test('a task that runs shows what it writes, and is cancelled after a question', async () => {
    await running();
    const { page } = await pages.open(place);
    await page.getByRole('button', { name: 'Run now Waits' }).click();
    await page.getByRole('button', { name: 'Output of Waits' }).click();
    await page.locator('.box', { hasText: 'it begins' }).waitFor();
    await expectUsable(page);
    const cancel = page.getByRole('button', { name: 'Cancel Waits' });
    await cancel.click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await expectUsable(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Cancel Waits');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('tr[data-condition="Waits"]', { hasText: 'cancelled' }).waitFor();
    expect(await page.getByRole('status').first().textContent()).toContain('cancel Waits');
  });

  test('by keys alone: the help, the filter, running a row, the pages', async () => {
    await running();
    const { page } = await pages.open(place);
    await page.getByRole('link', { name: 'Fine' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await expectUsable(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.keyboard.type('fin');
    await page.locator('tr[data-condition="Backup"]').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Fine' }).focus();
    await page.keyboard.press('r');
    await page.locator('tr[data-condition="Fine"]', { hasText: 'succeeded' }).waitFor();
    await page.keyboard.press('4');
    await page.waitForURL(/#\/log$/);
    await page.keyboard.press('1');
    await page.waitForURL(/#\/now$/);
  });

  test('what a task writes, and a long name, are shown as they are', async () => {
    await running(
      `${TICK}\n${shellTask('Writes', `printf '%s\\n' '${MARKUP}' '\u202Eevil 🦊'`)}\n${onDemand(LONG, ['Writes'])}\n`,
    );
    const { page, problems } = await pages.open(place, { viewport: { width: 390, height: 800 } });
    await page.getByRole('button', { name: `Run now ${LONG}` }).click();
    await page.locator('tbody tr', { hasText: 'succeeded' }).waitFor();
    await expectUsable(page);
    await page.getByRole('link', { name: LONG }).first().click();
    await page.getByRole('button', { name: 'Output and more' }).click();
    const written = page.getByRole('region', { name: 'Standard output of Writes' });
    await written.waitFor();
    expect(await written.textContent()).toBe(`${MARKUP}\n\u202Eevil 🦊\n`);
    expect(await page.locator('img').count()).toBe(0);
    await expectUsable(page);
    expect(problems).toEqual([]);
  });

  test('the instance ends and is back: the page says so by itself; without buttons when read-only', async () => {
    const first = await running();
    const { page } = await pages.open(place, {}, ['--read-only']);
    await page.getByRole('link', { name: 'Fine' }).waitFor();
    expect(await page.locator('button[data-action]').count()).toBe(0);
    first.kill('SIGKILL');
    await first.ended;
    const alert = page.getByRole('alert');
    await alert.filter({ hasText: 'Not running' }).waitFor();
    await expectUsable(page);
    await running();
    await alert.waitFor({ state: 'detached' });
  });

  test('the machines of a fleet, what they run, and what each of them wrote; what is known stays when the server is gone', async () => {
    const server = new NatsServer();
    await server.start();
    try {
      const office = `[fleet]\nservers = ["${server.url}"]\nname = "office"\n`;
      const instance = await running(`${tomlFor(place)}${office}`);
      await instance.record(/connected to the fleet/);
      await joinGarage(server);
      const { page, problems } = await pages.open(place, { viewport: { width: 390, height: 900 } });
      await page.getByRole('button', { name: 'Run now Waits' }).click();
      await page.getByRole('link', { name: 'Machines' }).click();
      await page.locator('tr', { hasText: 'gpu' }).waitFor();
      expect(await page.locator('tbody th').allTextContents()).toEqual(['garage', 'office']);
      await page.locator('tr', { hasText: 'office' }).getByText('alive').waitFor();
      await page.locator('.running', { hasText: 'Waits on office' }).waitFor();
      await page.locator('tr', { hasText: 'no space' }).getByRole('button', { name: 'Output and more' }).click();
      const written = page.getByRole('region', { name: 'Standard error of Copy' });
      await written.waitFor();
      expect(await written.textContent()).toBe('no space\n');
      const shots = async (name: string) => {
        for (const width of SHOTS ? [390, 800, 1400] : [])
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            await page.setViewportSize({ width, height: 900 });
            await page.screenshot({ path: `${SHOTS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
          }
      };
      await shots('machines');
      await expectUsable(page);
      await page.getByRole('combobox', { name: 'Machine' }).selectOption('office');
      await written.waitFor({ state: 'detached' });
      await server.kill();
      await page
        .getByRole('alert')
        .filter({ hasText: 'No server of the fleet answers since' })
        .waitFor({ timeout: 20_000 });
      expect(await page.locator('tbody th').allTextContents()).toEqual(['garage', 'office']);
      await shots('machines-alone');
      expect(problems).toEqual([]);
    } finally {
      await server.remove();
    }
  });

  test('when the command itself is gone, the page says so', async () => {
    await running();
    const { page, web } = await pages.open(place);
    await page.getByRole('link', { name: 'Fine' }).waitFor();
    web.kill('SIGTERM');
    await web.ended;
    await page.getByRole('alert').filter({ hasText: 'is lost: trying again' }).waitFor();
    await expectUsable(page);
  });
});
