/** A graph as Graphviz reads it. */
export interface DotGraph {
  /** Attributes of each node, by its id. */
  readonly nodes: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*")|([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|-?(?:\.\d+|\d+(?:\.\d*)?))|(->|[{}[\]=;,]))/gsy;

const tokensOf = (text: string): string[] => {
  const tokens: string[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) throw new Error(`no token at ${JSON.stringify(text.slice(at, at + 30))}`);
    at = TOKEN.lastIndex;
    tokens.push(found[1] ?? found[2] ?? found[3]!);
  }
  return tokens;
};

/** A quoted text as it is shown, an id as it stands. */
const plain = (token: string): string =>
  token.startsWith('"') ? token.slice(1, -1).replaceAll(/\\(.)/gs, (_, c: string) => (c === 'n' ? '\n' : c)) : token;

/** Reads the part of the language of Graphviz that has nodes, edges, attributes and groups. @throws Error at the first mistake */
export const parseDot = (text: string): DotGraph => {
  const tokens = tokensOf(text);
  let at = 0;
  const expect = (wanted: string): void => {
    if (tokens[at] !== wanted)
      throw new Error(
        `expected ${wanted}, found ${tokens[at]} after ${tokens.slice(Math.max(0, at - 5), at).join(' ')}`,
      );
    at += 1;
  };
  const id = (): string => {
    const token = tokens[at++];
    if (token === undefined || /^(->|[{}[\]=;,])$/.test(token)) throw new Error(`expected an id, found ${token}`);
    return plain(token);
  };
  const attributes = (): Record<string, string> => {
    const found: Record<string, string> = {};
    if (tokens[at] !== '[') return found;
    at += 1;
    while (tokens[at] !== ']') {
      const key = id();
      expect('=');
      found[key] = id();
      if (tokens[at] === ',' || tokens[at] === ';') at += 1;
    }
    at += 1;
    return found;
  };
  const nodes = new Map<string, Record<string, string>>();
  const edges: { from: string; to: string; attributes: Record<string, string> }[] = [];
  const statement = (): void => {
    const first = id();
    if (tokens[at] === '=') {
      at += 1;
      id();
    } else if (tokens[at] === '->') {
      at += 1;
      const to = id();
      edges.push({ from: first, to, attributes: attributes() });
    } else if (['node', 'edge', 'graph'].includes(first)) attributes();
    else nodes.set(first, { ...nodes.get(first), ...attributes() });
  };
  const statements = (): void => {
    expect('{');
    while (tokens[at] !== '}') {
      if (tokens[at] === '{') statements();
      else statement();
      if (tokens[at] === ';') at += 1;
    }
    at += 1;
  };
  expect('digraph');
  id();
  statements();
  if (at !== tokens.length) throw new Error(`more after the end: ${tokens[at]}`);
  return { nodes, edges };
};
