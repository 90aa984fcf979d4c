import { codeFrames } from './code-frame.ts';
import type { IncludedFiles, SourceFile } from './included-files.ts';
import { placeInQuotes } from './place-in-quotes.ts';
import type { Path, Position, Problem } from './problem.ts';

/** How many tables of one dotted key have a place. No key of a configuration is deeper. */
const DEEPEST = 16;

/** Finds positions in a TOML text. Imported only when a message needs it: it parses the text again, with positions. */
export const locator = async (text: string): Promise<(path: Path, at: 'key' | 'value') => Position | undefined> => {
  const { parseTOML } = await import('toml-eslint-parser');
  type Node =
    | ReturnType<typeof parseTOML>
    | { readonly type: string; readonly loc: { readonly start: { line: number; column: number } } };
  let root: ReturnType<typeof parseTOML>['body'][0];
  try {
    // The other parser takes a byte order mark; a blank in its place keeps the columns.
    root = parseTOML(text.replace(/^\ufeff/, ' '), { tomlVersion: '1.1' }).body[0];
  } catch {
    return () => undefined;
  }
  const place = (node: Node): Position => ({ line: node.loc.start.line, column: node.loc.start.column + 1 });
  /** The place of a value; for a text also those of what is in it. */
  const quoted = (node: Node): Position => {
    const at = place(node);
    const source = text.slice(...(node as unknown as { range: [number, number] }).range);
    return /^['"]/.test(source) ? { ...at, within: (inside) => placeInQuotes(source, at, inside) } : at;
  };
  type Entry = { readonly path: Path; readonly key: Position; readonly value: Position };
  const entries: Entry[] = [];
  type KeyNode = { keys: readonly Node[] };
  const nameOf = (key: Node): string => {
    const k = key as unknown as { readonly type: string; readonly name: string; readonly value: string };
    return k.type === 'TOMLBare' ? k.name : k.value;
  };
  const value = (path: Path, node: Node): void => {
    const n = node as
      | { readonly type: 'TOMLInlineTable'; readonly body: readonly Node[] }
      | { readonly type: 'TOMLArray'; readonly elements: readonly Node[] }
      | { readonly type: 'TOMLValue' };
    if (n.type === 'TOMLInlineTable') for (const kv of n.body) pair(path, kv);
    else if (n.type === 'TOMLArray')
      n.elements.forEach((e, i) => {
        entries.push({ path: [...path, i], key: place(e), value: place(e) });
        value([...path, i], e);
      });
  };
  const pair = (base: Path, node: Node): void => {
    const kv = node as unknown as { key: KeyNode; value: Node };
    const path = [...base, ...kv.key.keys.map(nameOf)];
    const key = place(kv.key as unknown as Node);
    entries.push({ path, key, value: quoted(kv.value) });
    // Of a.b.c, the tables a and a.b are here as well.
    const most = Math.min(path.length, base.length + DEEPEST);
    for (let n = base.length + 1; n < most; n++) entries.push({ path: path.slice(0, n), key, value: key });
    value(path, kv.value);
  };
  for (const node of root.body) {
    if (node.type === 'TOMLKeyValue') pair([], node);
    else {
      const path = node.resolvedKey;
      entries.push({ path, key: place(node), value: place(node) });
      // The section as a whole begins where its first item does, and so do the tables around [a.b].
      for (let n = 1; n < Math.min(path.length, DEEPEST); n++)
        entries.push({ path: path.slice(0, n), key: place(node), value: place(node) });
      for (const kv of node.body) pair(path, kv);
    }
  }
  const index = new Map<string, Entry>();
  for (const e of entries) index.has(e.path.join('\0')) || index.set(e.path.join('\0'), e);
  return (path, at) => {
    // The nearest thing in the file: a missing key points to its item's header.
    for (let n = path.length; n > 0; n--) {
      const found = index.get(path.slice(0, n).join('\0'));
      if (found) return n < path.length || at === 'key' ? found.key : found.value;
    }
    return undefined;
  };
};

/** Looks the problems up in the files that they are in. The main file comes first, then the others as they are included. */
const locatedIn = async (included: IncludedFiles, problems: readonly Problem[]): Promise<Problem[]> => {
  const homes = new Map<SourceFile, Problem[]>();
  for (const problem of problems) {
    const { source, path } =
      problem.file === undefined
        ? included.homeOf(problem.path)
        : { source: included.source(problem.file), path: problem.path };
    const list = homes.get(source) ?? [];
    homes.set(source, list);
    list.push({ ...problem, path });
  }
  const out: Problem[] = [];
  for (const source of [included.main, ...included.files]) {
    const list = await located(source.text, homes.get(source) ?? []);
    out.push(...(source === included.main ? list : list.map((one) => ({ ...one, file: source.file }))));
  }
  return out;
};

/** The problems with their positions, in the order of the file, or of the files. */
export const located = async (
  text: string,
  problems: readonly Problem[],
  included?: IncludedFiles,
): Promise<Problem[]> => {
  if (included) return locatedIn(included, problems);
  const find = problems.some((p) => !p.position && p.path.length > 0) ? await locator(text) : () => undefined;
  const frame = codeFrames(text);
  const withPlace = problems.map((p) => {
    const outer = p.position ?? find(p.path, p.at);
    if (outer === undefined) return p;
    const { line, column, within } = outer;
    if (p.inside === undefined || within === undefined) return { ...p, position: { line, column } };
    const position = within(p.inside);
    return { ...p, position, codeFrame: frame(position) };
  });
  const rank = (p: Problem) => (p.position ? p.position.line * 1e6 + p.position.column : 0);
  return withPlace.sort((a, b) => rank(a) - rank(b));
};
