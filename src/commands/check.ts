import { hostFs, readText, UnreadableFile } from '../adapters/host-fs.ts';
import { type Finding, findingsOf, type TextFindings } from '../check/check-text.ts';
import { oneLine, printedJson } from '../log/one-line.ts';
import { counted } from '../plural.ts';
import { chosenFile } from './chosen-file.ts';
import { FOUND, INVALID, NOTHING } from './query-common.ts';
import { stdoutTerminal, writeAll } from './stdio.ts';
import type { Subcommand } from './subcommand.ts';

type CheckOptions = { readonly json?: true; readonly sarif?: true; readonly strict?: true };

/** What cannot be read is a finding like others, so that the other files are checked as well. */
const checkFile = async (file: string): Promise<TextFindings> => {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    const [, line, column, reason] = /^:(\d+):(\d+): (.*)$/s.exec(error.message.slice(file.length)) ?? [];
    const finding: Finding = {
      ...{ id: 'unreadable', level: 'error', file },
      ...(line === undefined ? {} : { line: Number(line), column: Number(column) }),
      message: reason ?? error.message.slice(file.length + 2),
    };
    return { findings: [finding], tasks: 0, conditions: 0, events: 0 };
  }
  return findingsOf(file, text, hostFs);
};

const indented = (text: string): string => text.replace(/^/gm, '    ');

/** `FILE:LINE:COLUMN: error: ITEM: what is wrong [ID]`, the lines around it, and what to write instead. */
const describeFinding = ({ id, level, file, line, column, item, message, help, picture }: Finding): string => {
  const { paint } = stdoutTerminal();
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  const word = paint(level === 'error' ? 'red' : 'yellow', level);
  const what = oneLine(`${item === undefined ? '' : `${item}: `}${message}`);
  return [
    `${paint('bold', oneLine(place))}: ${word}: ${what} ${paint('dim', `[${id}]`)}`,
    ...(picture === undefined ? [] : [indented(picture)]),
    ...(help === undefined ? [] : [indented(`write: ${help}`)]),
    '',
  ].join('\n');
};

const number = (findings: readonly Finding[], level: Finding['level']): number =>
  findings.filter((one) => one.level === level).length;

/** The last line about a file: how many findings there are, or what is in it. */
const summary = (file: string, { findings, tasks, conditions, events }: TextFindings): string => {
  const [errors, warnings] = [number(findings, 'error'), number(findings, 'warning')];
  const found = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  const items = [counted(conditions, 'condition'), counted(tasks, 'task'), counted(events, 'event')];
  return oneLine(`${file}: ${found.length > 0 ? found.join(', ') : `nothing wrong: ${items.join(', ')}`}`);
};

export const checkCommand: Subcommand<CheckOptions> = {
  name: 'check',
  help: 'check files without starting anything: what the start would refuse, and what is surely not what was meant',
  takes: [
    { form: '[FILE...]', help: 'configuration files; default: the one that is read when none is named', path: true },
  ],
  options: [
    { flags: '--json', help: 'one JSON object with all findings instead of texts', conflicts: ['sarif'] },
    { flags: '--sarif', help: 'SARIF 2.1.0 instead of texts, for editors and code hosts', conflicts: ['json'] },
    { flags: '--strict', help: 'end with 1 also when there are warnings only' },
  ],
  page: 'setup',
  exitStatus:
    'Status 0: the files can be loaded (with --strict: and there is no warning); 1: there are warnings, with --strict; 2: a file would be refused.',
  examples: ['whenever check my.toml', 'whenever check --strict --json *.toml'],
  run: async ({ args, options: { json, sarif, strict } }) => {
    const files = args.length === 0 ? [chosenFile()] : args;
    const results: (readonly [file: string, result: TextFindings])[] = [];
    for (const file of files) results.push([file, await checkFile(file)]);
    const findings = results.flatMap(([, result]) => result.findings);
    if (sarif) writeAll(1, `${printedJson(JSON.stringify((await import('../check/sarif.ts')).sarif(findings)))}\n`);
    else if (json) {
      const counts = { errors: number(findings, 'error'), warnings: number(findings, 'warning') };
      writeAll(1, `${printedJson(JSON.stringify({ files, ...counts, findings }))}\n`);
    } else {
      const shown = results.map(
        ([file, result]) =>
          `${result.findings.map((one) => `${describeFinding(one)}\n`).join('')}${summary(file, result)}\n`,
      );
      writeAll(1, shown.join(''));
    }
    if (number(findings, 'error') > 0) return INVALID;
    return strict && findings.length > 0 ? NOTHING : FOUND;
  },
};
