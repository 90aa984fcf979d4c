import { find } from './dom.ts';

const DARK = '(prefers-color-scheme: dark)';

/** Lets a button change between light and dark. Nothing is kept: a page from a file may not store anything. */
export const setUpTheme = (changed: () => void): void => {
  const button = find('theme');
  const system = matchMedia(DARK);
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const show = () => {
    if (button) button.textContent = dark() ? 'Light' : 'Dark';
    changed();
  };
  if (button) {
    button.hidden = false;
    button.setAttribute('aria-description', 'Changes between light and dark');
    button.addEventListener('click', () => {
      root.dataset.theme = dark() ? 'light' : 'dark';
      show();
    });
  }
  system.addEventListener('change', show);
  // A print is light; the picture of the timeline has to follow.
  matchMedia('print').addEventListener('change', changed);
  show();
};
