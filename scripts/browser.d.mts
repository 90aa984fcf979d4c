import type { Browser } from 'playwright-core';

export const CHROMIUM: string;
export const startBrowser: (...more: readonly string[]) => Promise<Browser>;
