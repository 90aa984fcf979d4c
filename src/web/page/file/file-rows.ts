import type { Finding } from '../../../check/check-text.ts';
import { type ItemPlace, itemsIn, type Token, tokensOf } from './toml-lines.ts';

/** A row of a file: a line, or what is to be said about the line above it. All rows have one height. */
export type FileRow =
  | { readonly type: 'line'; readonly line: number; readonly tokens: readonly Token[]; readonly item?: string }
  | {
      readonly type: 'finding';
      readonly finding: Finding;
      readonly part: 'caret' | 'message' | 'help';
      readonly text: string;
    };

/** A file as the page shows it. */
export interface ShownFile {
  readonly path: string;
  readonly rows: readonly FileRow[];
  readonly lines: readonly string[];
  /** The row of each line, from 0. */
  readonly rowOfLine: readonly number[];
  readonly items: readonly ItemPlace[];
  /** Characters of the longest row. */
  readonly width: number;
}

/** Where a caret stands below a line: tabs stay tabs, so that it is below its place. */
const indent = (line: string, column: number): string => line.slice(0, Math.max(0, column - 1)).replace(/[^\t]/g, ' ');

const rowsOf = (finding: Finding, line: string): FileRow[] => {
  const place = indent(line, finding.column ?? 1);
  const row = (part: 'caret' | 'message' | 'help', text: string): FileRow => ({ type: 'finding', finding, part, text });
  return [
    row('caret', `${place}^`),
    ...finding.message.split('\n').map((text) => row('message', text)),
    ...(finding.help === undefined ? [] : finding.help.split('\n').map((text) => row('help', text))),
  ];
};

/** The findings about each line of a file, by the number of the line from 0. Those about the file as a whole are not among them. */
const byLine = (findings: readonly Finding[], path: string): Map<number, Finding[]> => {
  const lines = new Map<number, Finding[]>();
  for (const finding of findings) {
    if (finding.file !== path || finding.line === undefined) continue;
    const list = lines.get(finding.line - 1) ?? [];
    list.push(finding);
    lines.set(finding.line - 1, list);
  }
  return lines;
};

/** Lays out a file with what was found in it. */
export const layOut = (path: string, text: string, findings: readonly Finding[]): ShownFile => {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const tokens = tokensOf(lines);
  const items = itemsIn(tokens);
  const keys = new Map(items.map(({ key, line }) => [line, key]));
  const found = byLine(findings, path);
  const rows: FileRow[] = [];
  const rowOfLine: number[] = [];
  for (const [line, content] of lines.entries()) {
    rowOfLine.push(rows.length);
    const item = keys.get(line);
    rows.push({ type: 'line', line, tokens: tokens[line]!, ...(item === undefined ? {} : { item }) });
    for (const finding of found.get(line) ?? []) rows.push(...rowsOf(finding, content));
  }
  const widths = rows.map((row) => (row.type === 'line' ? lines[row.line]! : row.text).length);
  return { path, rows, lines, rowOfLine, items, width: widths.reduce((a, b) => Math.max(a, b), 0) };
};

/** The lines, from 0, that have a text. @param wanted in lower case */
export const linesWith = (lines: readonly string[], wanted: string): number[] =>
  wanted === '' ? [] : lines.flatMap((line, i) => (line.toLowerCase().includes(wanted) ? [i] : []));

/** The next one of some lines after a line, or before it; from the other end where there is none. */
export const nextLine = (lines: readonly number[], at: number, back = false): number | undefined =>
  back ? (lines.findLast((line) => line < at) ?? lines.at(-1)) : (lines.find((line) => line > at) ?? lines[0]);
