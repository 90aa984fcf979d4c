/** Text that is HTML already; everything else is escaped. */
export interface Markup {
  readonly html: string;
}

/** What may stand in a template: nothing, text, markup, or many of them. */
export type Part = Markup | string | number | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute. Control characters, which HTML cannot hold and terminals obey, are made visible. */
export const escapeText = (text: string): string =>
  text
    .replace(/[&<>"']/g, (c) => ENTITIES[c]!)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

const written = (part: Part): string => {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(written).join('');
};

/** A template whose values are escaped unless they are markup. */
export const html = (strings: TemplateStringsArray, ...values: readonly Part[]): Markup => ({
  html: strings.reduce((text, string, i) => text + written(values[i - 1]) + string),
});

/** A value as JSON for `<script type="application/json">`: nothing in it can end the element or a line. */
export const embedded = (value: unknown): Markup => ({
  html: JSON.stringify(value).replace(
    /[<>&\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ),
});

/** Text that stands as it is: scripts and style sheets of our own. */
export const verbatim = (text: string): Markup => ({ html: text });
