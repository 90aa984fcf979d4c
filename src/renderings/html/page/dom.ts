/** Attributes of an element, and `on…` listeners. */
type ElementOptions = Readonly<Record<string, string | number | boolean | ((event: Event) => void)>>;

/** Creates an element; markup in texts is not interpreted. `false` leaves an attribute out. */
export const make = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: ElementOptions = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
};

/** The element with an id; undefined if the page does not have it, for example without spans. */
export const find = <T extends HTMLElement = HTMLElement>(id: string): T | undefined =>
  (document.getElementById(id) as T | null) ?? undefined;

/** Returns a function that calls `draw` once in the next animation frame, however often it is called. */
export const inNextFrame = (draw: () => void): (() => void) => {
  let requested = false;
  return () => {
    if (requested) return;
    requested = true;
    requestAnimationFrame(() => {
      requested = false;
      draw();
    });
  };
};

/** A list of names and values; names without a value are left out. */
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

export const button = (text: string, act: () => void, name = ''): HTMLButtonElement =>
  make('button', { type: 'button', onclick: act, ...(name ? { class: name } : {}) }, text);

/** An outcome with its colour and sign. */
export const badgeElement = (style: string, text: string): HTMLElement =>
  make('span', { class: 'badge', 'data-kind': style }, make('i'), text);
