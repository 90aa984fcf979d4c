import { make } from './dom.ts';

/** Names and values, those without a value left out. */
export const factList = (
  pairs: readonly (readonly [name: string, value: string | Node | null | undefined])[],
): HTMLElement =>
  make(
    'dl',
    { class: 'facts' },
    ...pairs.flatMap(([name, value]) =>
      value === null || value === undefined || value === ''
        ? []
        : [make('div', {}, make('dt', {}, name), make('dd', {}, value))],
    ),
  );

/** A button. */
export const button = (text: string, act: () => void, style = ''): HTMLButtonElement =>
  make('button', { type: 'button', onclick: act, ...(style ? { class: style } : {}) }, text);

/** An outcome with its colour and sign. */
export const badgeElement = (kind: string, text: string): HTMLElement =>
  make('span', { class: 'badge', 'data-kind': kind }, make('i'), text);
