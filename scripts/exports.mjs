// The names that the library gives, read from its sources and its declarations.
import ts from 'typescript';

/** The chapters of the tables, and the folders that their things come from. */
const CHAPTERS = [
  ['A daemon', /^\.\/(host|history|control|core|config|subscription|version)\b/],
  ['A client', /^\.\/client\b/],
  ['Its journal and its log', /^\.\/(journal|log)\b/],
  ['Timespans', /^\.\/timespans\b/],
  ['Metric records', /^\.\/metrics\b/],
  ['Renderings', /^\.\/renderings\b/],
];

const parse = (name, text) => ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);

/** Everything that `src/library.ts` hands on: `{ name, type, from }`; `type`: it is no value. */
export const exportsOf = (source) =>
  parse('library.ts', source).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause || !ts.isNamedExports(statement.exportClause))
      throw new Error(`library.ts does more than to hand on: ${statement.getText()}`);
    const from = statement.moduleSpecifier.text;
    return statement.exportClause.elements.map(({ name, isTypeOnly }) => ({
      name: name.text,
      type: isTypeOnly || statement.isTypeOnly,
      from,
    }));
  });

/** What a statement declares: its name and what kind of thing it is. */
const declared = (statement) => {
  if (ts.isVariableStatement(statement)) {
    const [{ name, type }] = statement.declarationList.declarations;
    return [name.text, type && ts.isFunctionTypeNode(type) ? 'function' : 'value'];
  }
  if (ts.isFunctionDeclaration(statement)) return [statement.name.text, 'function'];
  if (ts.isClassDeclaration(statement)) return [statement.name.text, 'class'];
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
    return [statement.name.text, 'type'];
  return undefined;
};

const docOf = (statement) => (ts.getTextOfJSDocComment(statement.jsDoc?.at(-1)?.comment) ?? '').replace(/\s+/g, ' ');

/** What the declarations say of each thing that they give: name → `{ kind, doc }`. */
export const docsOf = (declarations) => {
  const { statements } = parse('library.d.ts', declarations);
  const local = new Map();
  for (const statement of statements) {
    const [name, kind] = declared(statement) ?? [];
    if (name !== undefined && !local.has(name)) local.set(name, { kind, doc: docOf(statement) });
  }
  const given = statements.filter((statement) => ts.isExportDeclaration(statement));
  const elements = given.flatMap(({ exportClause }) => [...exportClause.elements]);
  return new Map(elements.map(({ name, propertyName }) => [name.text, local.get((propertyName ?? name).text)]));
};

/** The first sentence of a text. */
const first = (doc) =>
  (/^.*?[.!?](?=\s+[A-Z{@`]|$)/.exec(doc)?.[0] ?? doc).replace(/\{@link (\w+)\}/g, '`$1`').replaceAll('|', '\\|');

/** The tables for people, as Markdown. */
export const exportTables = (source, declarations) => {
  const docs = docsOf(declarations);
  const tables = CHAPTERS.map(([title, folder]) => {
    const rows = exportsOf(source)
      .filter(({ from }) => folder.test(from))
      .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
      .map(({ name, type }) => [name, type ? 'type' : docs.get(name).kind, first(docs.get(name).doc)]);
    const table = rows.map(([name, kind, doc]) => `| \`${name}\` | ${kind} | ${doc} |\n`);
    return `### ${title}\n\n| name | | |\n| --- | --- | --- |\n${table.join('')}\n`;
  });
  return tables.join('');
};

const MARKS = /(<!-- exports: .* -->\n\n)[\s\S]*(<!-- end of exports -->)/;

/** The page with its tables as they should be. */
export const pageWith = (page, tables) => page.replace(MARKS, (_, begin, end) => `${begin}${tables}${end}`);
