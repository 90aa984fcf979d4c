// The browser of tests, pictures and figures.
import { chromium } from 'playwright-core';

/** A browser without windows, which opens a page in a third of the time that a whole browser takes; `CHROMIUM` names another one. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell';

/** It only shows pages. */
const ALONE = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Starts it. @param {readonly string[]} more further arguments */
export const startBrowser = (...more) => chromium.launch({ executablePath: CHROMIUM, args: [...ALONE, ...more] });
