const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text in XML, in ASCII, so that it is the same in each encoding. */
export const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ENTITIES[c]!).replace(/[^ -~]/gu, (c) => `&#${c.codePointAt(0)};`);
