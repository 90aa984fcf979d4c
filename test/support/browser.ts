import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** The program; `CHROMIUM` names another one. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** It shall do nothing but show pages. */
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const ALONE = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The arguments of a browser that only shows pages. */
export const BROWSER_ARGUMENTS: readonly string[] = [...QUIET, ...ALONE];

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
    return new Viewer(await chromium.launch({ executablePath: CHROMIUM, args: [...BROWSER_ARGUMENTS] }));
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
