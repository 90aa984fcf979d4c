/** What an element is made with: attributes, and `on…` listeners. */
export type Attributes = Readonly<Record<string, string | number | boolean | ((event: Event) => void)>>;

/** An element; texts stay texts, whatever is in them. `false` leaves an attribute out. */
export const make = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
};

/** The element of an id; undefined when the page has none, as without spans or records. */
export const find = <T extends HTMLElement = HTMLElement>(id: string): T | undefined =>
  (document.getElementById(id) as T | null) ?? undefined;

/** Calls `draw` once before the next picture, however often it is asked for. */
export const soon = (draw: () => void): (() => void) => {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
};

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
