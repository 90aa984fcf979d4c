import { wheneverPage } from './whenever.ts';
import { wheneverTomlPage } from './whenever-toml.ts';

/** The manual pages: file name under `man/` and source. */
export const pages = (): Readonly<Record<string, string>> => ({
  'whenever.1': wheneverPage(),
  'whenever.toml.5': wheneverTomlPage(),
});
