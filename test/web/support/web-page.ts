import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { startBrowser } from '../../../scripts/browser.mjs';
import { violationsOf } from '../../support/axe.ts';
import { onDemand, type Place, type Program, shellTask, TICK } from '../../support/program.ts';

/** Widths of a desk, a tablet and a phone. */
export const WIDTHS = [1280, 768, 390] as const;

export const LONG = `Long_${'x'.repeat(195)}`;
export const MARKUP = '<img src=x onerror=document.title=1>';

/** Conditions for each look: a run that failed, one that is well, and one that takes until a file is there. */
export const tomlFor = (place: Place): string => `${TICK}
${shellTask('Copy', 'echo copying 3 files; echo the disk is full >&2; exit 3', 'success_status = 0')}
${shellTask('Good', 'echo all is well', 'success_status = 0')}
${shellTask('Slow', `echo it begins; while [ ! -e ${place.file('go')} ]; do sleep 0.1; done; echo it ends`, 'success_status = 0')}
${onDemand('Backup', ['Good', 'Copy'])}
${onDemand('Fine', ['Good'])}
${onDemand('Waits', ['Slow'])}
`;

/** `whenever web` in a browser. */
export class WebPages {
  readonly #browser: Browser;
  private constructor(browser: Browser) {
    this.#browser = browser;
  }
  static async launch(): Promise<WebPages> {
    return new WebPages(await startBrowser());
  }
  /** Starts the command in a place, and opens its page. */
  async open(place: Place, options: BrowserContextOptions = {}, args: readonly string[] = []): Promise<OpenWeb> {
    const web = place.start(['web', ...args]);
    await web.until(() => web.stdout.includes('\n'), 'the address');
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(8_000);
    const problems: string[] = [];
    page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(String(error)));
    const address = web.stdout.split('\n')[0]!;
    await page.goto(address);
    return { web, page, problems, address };
  }
  close(): Promise<void> {
    return this.#browser.close();
  }
}

/** A page that is open, with what it complained about. */
export interface OpenWeb {
  readonly web: Program;
  readonly page: Page;
  readonly problems: readonly string[];
  readonly address: string;
}

/** Fails when the page can be scrolled sideways, or has a barrier. */
export const expectUsable = async (page: Page): Promise<void> => {
  const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  expect(beyond).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
};
