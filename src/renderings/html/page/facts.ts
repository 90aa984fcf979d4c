import { make } from './dom.ts';

/** A value that was told, as text. */
const shown = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value) && value.every((one) => typeof one === 'string')
      ? value.join(' ')
      : JSON.stringify(value);

/** What was told as JSON, as names and values. */
export const told = (json: string | null): (readonly [name: string, value: string])[] => {
  if (json === null) return [];
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) return [['told', shown(value)]];
  return Object.entries(value).map(([name, one]) => [name.replaceAll('_', ' '), shown(one)]);
};

/** Names and values, those without a value left out. */
export const facts = (
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
export const badge = (kind: string, text: string): HTMLElement =>
  make('span', { class: 'badge', 'data-kind': kind }, make('i'), text);
