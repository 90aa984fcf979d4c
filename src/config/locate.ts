import type { Path, Position, Problem } from './problem.ts';

/** Finds where things stand in a TOML text. Imported only when a message needs it: it parses the text again, with positions. */
export const locator = async (text: string): Promise<(path: Path, at: 'key' | 'value') => Position | undefined> => {
  const { parseTOML } = await import('toml-eslint-parser');
  type Node =
    | ReturnType<typeof parseTOML>
    | { readonly type: string; readonly loc: { readonly start: { line: number; column: number } } };
  let root: ReturnType<typeof parseTOML>['body'][0];
  try {
    root = parseTOML(text, { tomlVersion: '1.1' }).body[0];
  } catch {
    return () => undefined;
  }
  const place = (node: Node): Position => ({ line: node.loc.start.line, column: node.loc.start.column + 1 });
  type Entry = { readonly path: Path; readonly key: Position; readonly value: Position };
  const entries: Entry[] = [];
  type KeyNode = { keys: readonly Node[] };
  const nameOf = (key: Node): string => {
    const k = key as { type: string; name?: string; value?: string };
    return k.type === 'TOMLBare' ? (k.name ?? '') : (k.value ?? '');
  };
  const value = (path: Path, node: Node): void => {
    const n = node as { type: string; body?: readonly Node[]; elements?: readonly Node[] };
    if (n.type === 'TOMLInlineTable') for (const kv of n.body ?? []) pair(path, kv);
    else if (n.type === 'TOMLArray')
      n.elements?.forEach((e, i) => {
        entries.push({ path: [...path, i], key: place(e), value: place(e) });
        value([...path, i], e);
      });
  };
  const pair = (base: Path, node: Node): void => {
    const kv = node as unknown as { key: KeyNode; value: Node };
    const path = [...base, ...kv.key.keys.map(nameOf)];
    entries.push({ path, key: place(kv.key as unknown as Node), value: place(kv.value) });
    value(path, kv.value);
  };
  for (const node of root.body) {
    if (node.type === 'TOMLKeyValue') pair([], node);
    else {
      const path = node.resolvedKey;
      entries.push({ path, key: place(node), value: place(node) });
      for (const kv of node.body) pair(path, kv);
    }
  }
  const index = new Map<string, Entry>();
  for (const e of entries) index.has(e.path.join('\0')) || index.set(e.path.join('\0'), e);
  return (path, at) => {
    // The nearest thing that stands in the file: a missing key points at its item's header.
    for (let n = path.length; n > 0; n--) {
      const found = index.get(path.slice(0, n).join('\0'));
      if (found) return n < path.length || at === 'key' ? found.key : found.value;
    }
    return undefined;
  };
};

/** The problems with their positions, in the order of the file. */
export const located = async (text: string, problems: readonly Problem[]): Promise<Problem[]> => {
  const find = problems.some((p) => !p.position && p.path.length > 0) ? await locator(text) : () => undefined;
  const withPlace = problems.map((p) => {
    const position = p.position ?? find(p.path, p.at);
    return position ? { ...p, position } : p;
  });
  const rank = (p: Problem) => (p.position ? p.position.line * 1e6 + p.position.column : 0);
  return withPlace.sort((a, b) => rank(a) - rank(b));
};
