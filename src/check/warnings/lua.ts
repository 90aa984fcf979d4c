import { BUILT_IN } from '../../config/lua-interpreter.ts';
import { parseLua } from '../../config/lua-syntax.ts';
import { suggest } from '../../config/suggest.ts';
import type { ItemWarnings, WarnAbout } from '../checked-file.ts';
import { LUA_GLOBALS, LUA_RUN_GLOBALS, LUA_TABLES } from '../lua-names.ts';

/** A node of a syntax tree: what is read of it. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly isLocal?: boolean;
  readonly operator?: string;
  readonly indexer?: string;
  readonly base?: Node;
  readonly identifier?: Node;
  readonly variables?: readonly Node[];
  readonly condition?: Node;
  readonly loc?: { readonly start: { readonly line: number; readonly column: number } };
}

/** A name and where it stands in the script, both counted from 1. */
interface Use {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** What a script does with globals. */
interface Globals {
  readonly reads: Use[];
  /** `log.wran`: fields of globals that are tables. */
  readonly fields: (Use & { readonly table: string })[];
  readonly sets: Set<string>;
  /** Fields that the script gives to such tables: `string.trim`. */
  readonly ownFields: Set<string>;
  /** Locals of the script itself. */
  readonly locals: Set<string>;
  /** It can make or read globals in ways that are not seen here. */
  hidden: boolean;
}

const isNode = (x: unknown): x is Node => typeof x === 'object' && x !== null && typeof (x as Node).type === 'string';
const isGlobal = (node: Node | undefined): boolean => node?.type === 'Identifier' && node.isLocal === false;
const useOf = (node: Node): Use => ({
  name: node.name!,
  line: node.loc?.start.line ?? 1,
  column: (node.loc?.start.column ?? 0) + 1,
});

/** Calls after which globals can be there that the script does not name. */
const MAKERS = new Set(['require', 'dofile', 'load', 'loadfile', 'rawset', 'setmetatable', '_ENV']);
/** What only asks whether something is there: `x == nil`, `not x`, `x or 1`. */
const ASKING: Readonly<Record<string, readonly string[]>> = {
  LogicalExpression: ['left', 'right'],
  UnaryExpression: ['argument'],
  BinaryExpression: ['left', 'right'],
  IfClause: ['condition'],
  ElseifClause: ['condition'],
  WhileStatement: ['condition'],
};

const isAsking = (parent: Node, key: string): boolean =>
  (ASKING[parent.type] ?? []).includes(key) &&
  (parent.operator === undefined || /^(?:and|or|not|==|~=)$/.test(parent.operator));

/** Notes what an assignment sets. */
const assign = (target: Node, found: Globals): void => {
  const { base, identifier } = target;
  if (isGlobal(target)) found.sets.add(target.name!);
  else if (target.type === 'MemberExpression' && base?.type === 'Identifier') {
    if (base.name === '_G') found.sets.add(identifier!.name!);
    else found.ownFields.add(`${base.name}.${identifier?.name}`);
  } else if (target.type === 'IndexExpression' && base?.name === '_G') found.hidden = true;
};

const visitMember = (node: Node, found: Globals): void => {
  const { base, identifier } = node;
  if (isGlobal(base) && identifier?.name !== undefined) found.fields.push({ ...useOf(identifier), table: base!.name! });
};

const visitIdentifier = (node: Node, parent: Node, key: string, found: Globals): void => {
  if (node.isLocal !== false) return;
  const { name = '' } = node;
  if (MAKERS.has(name) || (name === '_G' && parent.type !== 'MemberExpression')) found.hidden = true;
  else if (!isAsking(parent, key)) found.reads.push(useOf(node));
};

/** What nodes of a type do with variables. */
const NOTES: Readonly<Record<string, (node: Node, found: Globals) => void>> = {
  AssignmentStatement: ({ variables = [] }, found) => {
    for (const one of variables) assign(one, found);
  },
  LocalStatement: ({ variables = [] }, found) => {
    for (const { name } of variables) found.locals.add(name!);
  },
  FunctionDeclaration: ({ identifier }, found) => {
    if (identifier) assign(identifier, found);
  },
  MemberExpression: visitMember,
};

/** The parts of nodes that are not variables that are read: names of fields and labels, and what is set. */
const isNoRead = ({ type }: Node, key: string, inner: Node): boolean => {
  // A chunk has a list of its globals as well.
  if (key === 'label' || key === 'globals') return true;
  if (key === 'identifier') return type === 'MemberExpression' || inner.type === 'Identifier';
  if (key === 'key') return type === 'TableKeyString';
  return key === 'variables' && inner.type === 'Identifier';
};

const childrenOf = (node: Node): readonly (readonly [key: string, inner: Node])[] =>
  Object.entries(node).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).map((inner) => [key, inner] as const),
  );

/** Visits a tree. @param key where the node is in its parent */
const visit = (node: Node, parent: Node, key: string, found: Globals): void => {
  if (node.type === 'Identifier') {
    visitIdentifier(node, parent, key, found);
    return;
  }
  NOTES[node.type]?.(node, found);
  for (const [inner, one] of childrenOf(node)) if (!isNoRead(node, inner, one)) visit(one, node, inner, found);
};

/** What a script does with globals; undefined: it cannot be parsed. */
const globalsOf = (script: string): Globals | undefined => {
  const found: Globals = {
    ...{ reads: [], fields: [], sets: new Set<string>(), ownFields: new Set<string>(), locals: new Set<string>() },
    hidden: false,
  };
  try {
    const tree = parseLua(script) as Node;
    visit(tree, tree, '', found);
    return found;
  } catch {
    return undefined;
  }
};

const known = [...Object.keys(LUA_TABLES), ...LUA_GLOBALS, ...LUA_RUN_GLOBALS];

/** The first use of each name. */
const firstUses = <U extends Use>(uses: readonly U[]): readonly U[] => {
  const seen = new Map<string, U>();
  for (const use of uses) if (!seen.has(use.name)) seen.set(use.name, use);
  return [...seen.values()];
};

/** Unknown fields of known tables. */
const unknownFields = ({ fields: uses, sets, ownFields }: Globals, warn: WarnAbout): void => {
  for (const { table, name, line, column } of firstUses(uses)) {
    const fields = Object.hasOwn(LUA_TABLES, table) ? LUA_TABLES[table]! : [name];
    if (fields.includes(name) || ownFields.has(`${table}.${name}`) || sets.has(table)) continue;
    const text = `script: line ${line} of it: ${table} does not have "${name}"${suggest(name, fields)}`;
    warn('lua-unknown-field', ['script'], text, { inside: { line, column } });
  }
};

/** Expected results that the script never sets. */
const neverSet = ({ sets, locals }: Globals, given: readonly string[], expected: object, warn: WarnAbout): void => {
  for (const name of Object.keys(expected)) {
    if (sets.has(name) || given.includes(name)) continue;
    const why = locals.has(name)
      ? ': there it is a local variable, which is not seen outside'
      : suggest(name, [...sets]);
    const text = `expected_results: the script never sets the global "${name}"${why}`;
    warn('lua-result-never-set', ['expected_results', name], text, { at: 'key' });
  }
};

/** Globals that are read and never set, unknown fields of known tables, and results that are expected and never set. */
export const luaGlobals: ItemWarnings = ({ values }, warn) => {
  // Other interpreters have other globals.
  if (![undefined, BUILT_IN].includes(values.interpreter as string | undefined)) return;
  const found = globalsOf(values.script as string);
  if (found === undefined) return;
  unknownFields(found, warn);
  // What an init script or a module sets is not known.
  if (found.hidden || values.init_script_path !== undefined) return;
  const given = Object.keys(values.variables_to_set as object);
  const there = new Set([...known, ...given, ...found.sets]);
  for (const { name, line, column } of firstUses(found.reads)) {
    if (there.has(name)) continue;
    const text = `script: line ${line} of it: the global "${name}" is read and never set: it is nil${suggest(name, [...there])}`;
    warn('lua-undefined-global', ['script'], text, { inside: { line, column } });
  }
  neverSet(found, given, values.expected_results as object, warn);
};
