import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startBrowser } from '../../scripts/browser.mjs';

/** A page that is open, with what it complained about and what it asked for. */
export interface Opened {
  readonly page: Page;
  readonly problems: readonly string[];
  /** Addresses, that of the page itself not among them. */
  readonly requests: readonly string[];
}

/** A headless browser that opens texts as files, as people open a page that they have been sent. */
export class Viewer {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), 'whenever-page-'));
  #pages = 0;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<Viewer> {
    return new Viewer(await startBrowser());
  }

  async open(html: string, options: BrowserContextOptions = {}): Promise<Opened> {
    this.#pages += 1;
    const file = join(this.#folder, `${this.#pages}.html`);
    writeFileSync(file, html);
    const url = pathToFileURL(file).href;
    const context = await this.#browser.newContext({
      viewport: { width: 1200, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    const problems: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('request', (request) => {
      if (request.url() !== url && !request.url().startsWith('data:')) requests.push(request.url());
    });
    await page.goto(url);
    return { page, problems, requests };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
