// Draws the pictures of the README and the guide: simulates the day of docs/pictures/home.toml, makes a page of it, and opens that in a
// browser (see browser.mjs), once light and once dark.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setUp } from './setup.mjs';

await setUp();
const { startBrowser } = await import('./browser.mjs');
const pictures = resolve('docs/pictures');
const folder = mkdtempSync(join(tmpdir(), 'whenever-pictures-'));
const journal = join(folder, 'day.jsonl');
const page = join(folder, 'day.html');

const whenever = (...args) => {
  const options = { cwd: pictures, env: { ...process.env, TZ: 'UTC' }, stdio: ['ignore', 'ignore', 'inherit'] };
  const { status } = spawnSync(process.execPath, [resolve('bin/whenever'), ...args], options);
  if (status !== 0) process.exit(1);
};
const day = ['--from', '2026-11-20', '--to', '2026-11-21', '--assume', 'home.assume.toml'];
whenever('simulate', 'home.toml', ...day, '-L', 'info', '--journal', journal);
whenever('show', journal, '-o', page);

const browser = await startBrowser('--force-color-profile=srgb');
/** Opens the page, does something with it, and keeps what is to be seen from its top. */
const draw = async (name, colorScheme, height, act = async () => {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height }, colorScheme, reducedMotion: 'reduce' });
  const tab = await context.newPage();
  await tab.goto(pathToFileURL(page).href);
  await act(tab);
  await tab.mouse.move(0, 0);
  await tab.waitForTimeout(300);
  await tab.screenshot({ path: join(pictures, name) });
  await context.close();
  console.log(`docs/pictures/${name}`);
};
await draw('light.png', 'light', 1010);
await draw('dark.png', 'dark', 960, async (tab) => {
  await tab.locator('#errors button[data-span]', { hasText: '17:36' }).click();
  await tab.locator('#details').getByRole('button', { name: 'Zoom to it' }).click();
  for (let i = 0; i < 4; i += 1) await tab.getByRole('button', { name: 'Zoom out' }).click();
  for (const name of ['tick', 'startup']) await tab.getByRole('checkbox', { name }).uncheck();
});
await browser.close();
rmSync(folder, { recursive: true });
