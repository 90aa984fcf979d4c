/** What the page shows: the path behind `#/`, and its parameters. */
export interface Route {
  /** Parts of the path, decoded: `['item', 'condition/Backup']`. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Parses the hash of an address. */
export const parseRoute = (hash: string): Route => {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const parts = path.split('/').filter((part) => part !== '');
  return { path: parts.map(decoded), query: Object.fromEntries(new URLSearchParams(query)) };
};

/** The hash of a path with parameters; those that are empty are left out. */
export const linkTo = (
  path: readonly string[],
  query: Readonly<Record<string, string | number | undefined>> = {},
): string => {
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  const parameters = new URLSearchParams(Object.fromEntries(given)).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${parameters === '' ? '' : `?${parameters}`}`;
};

/** The address of an item such as `condition/Backup`. */
export const itemLink = (key: string): string => linkTo(['item', key]);
/** The address of what a cause or a run led to. */
export const storyLink = (of: string): string => linkTo(['story', of]);
