// How soon the page of `whenever web` is painted with many runs, and how smoothly its timeline of a day of them is dragged, in Chromium.
import { startBrowser } from '../scripts/browser.mjs';
import { amountRow, daemon, firstByte, quiet, sleep } from './support.mjs';
import { CONDITIONS, dayOfRuns, RUNS, webOf } from './web-support.mjs';

/** How long the timeline is dragged, ms. */
const DRAG_MS = 5000;

const firstPaint = async (page) => {
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
  return page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
};

/** Collects the times between frames and the long tasks of the page. */
const collect = () => {
  globalThis.measured = { frames: [], tasks: [] };
  let last = performance.now();
  const frame = (now) => {
    globalThis.measured.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.measured.tasks.push(duration);
  }).observe({ type: 'longtask' });
};

const percentile = (list, share) =>
  list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0;

/** Drags the timeline to and fro. */
const dragged = async (page) => {
  const box = await page.locator('#canvas').boundingBox();
  const [left, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.evaluate(collect);
  await page.mouse.move(left, y);
  await page.mouse.down();
  for (let step = 0, began = performance.now(); performance.now() - began < DRAG_MS; step++) {
    await page.mouse.move(left + Math.sin(step / 12) * 300, y + Math.sin(step / 7) * 60);
    await sleep(8);
  }
  await page.mouse.up();
  return page.evaluate(() => globalThis.measured);
};

export default async ({ quick }) => {
  const { config, state } = dayOfRuns();
  const one = daemon([config, '-L', 'info'], { state });
  await firstByte(one.child.stdout);
  one.child.stdout.resume();
  await sleep(3000);
  const web = await webOf({ ...process.env, XDG_RUNTIME_DIR: one.runtime, XDG_STATE_HOME: state });
  const browser = await startBrowser();
  try {
    const [name, value] = web.cookie.split('=');
    const url = `http://127.0.0.1:${web.port}`;
    const [paints, median, late, longest] = [[], [], [], []];
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      await quiet();
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      await context.addCookies([{ name, value, url }]);
      const now = await context.newPage();
      await now.goto(`${url}/#/now`);
      paints.push(await firstPaint(now));
      await now.close();
      const page = await context.newPage();
      await page.goto(`${url}/#/timeline`);
      await page.locator('#timeline[aria-busy=false]').waitFor({ timeout: 120_000 });
      // Zoomed in, there is room for the drag.
      for (let i = 0; i < 2; i++) await page.locator('#zoom-in').click();
      await sleep(2000);
      const { frames, tasks } = await dragged(page);
      median.push(percentile(frames, 0.5));
      late.push(percentile(frames, 0.99));
      longest.push(Math.max(0, ...tasks));
      await context.close();
    }
    const row = (figure, ours, atMost) => amountRow({ figure, unit: 'ms', ours, atMost });
    return [
      row(`first paint of the page, ${CONDITIONS} conditions, ${RUNS} runs`, paints, 500),
      row(`a day of ${RUNS} runs is dragged: median of a frame`, median, 17),
      row('the 99th percentile of a frame', late, undefined),
      row('the longest task (0: none over 50 ms)', longest, 50),
    ];
  } finally {
    await browser.close();
    web.child.kill();
    await one.stop();
  }
};
