import { codeFrames } from '../config/code-frame.ts';
import { readConfig } from '../config/load.ts';
import type { Position, Problem } from '../config/problem.ts';
import type { HostFs } from '../items/kind.ts';
import { registry } from '../items/registry.ts';
import { FINDINGS, type FindingId, type FindingRow } from './findings.ts';

/** One finding, as `--json` shows it. Lines and columns count from 1; they are missing where the file as a whole is meant. */
export interface Finding {
  readonly id: FindingId;
  readonly level: FindingRow['level'];
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** `task "Backup"`; missing: no item is meant. */
  readonly item?: string;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly help?: string;
  /** The lines around it, with a caret below the place. */
  readonly picture?: string;
}

/** The findings about a text, and how many items are in it. */
export interface TextFindings {
  readonly findings: readonly Finding[];
  readonly tasks: number;
  readonly conditions: number;
  readonly events: number;
}

const findingOf =
  (main: string, frame: (file: string | undefined, position: Position) => string) =>
  ({ file, id = 'invalid-value', item, text: message, help, position, codeFrame: picture }: Problem): Finding => ({
    ...{ id, level: FINDINGS[id].level, file: file ?? main },
    ...(position ? { line: position.line, column: position.column } : {}),
    ...(item === undefined ? {} : { item }),
    message,
    ...(help === undefined ? {} : { help }),
    ...(position ? { picture: picture ?? frame(file, position) } : {}),
  });

const byPlace = (a: Finding, b: Finding): number => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);

/** Everything that can be said against a text: what the start would refuse, and the warnings. */
export const findingsOf = async (file: string, text: string, machine: HostFs): Promise<TextFindings> => {
  const { problems, checked, included } = await readConfig(file, text, registry, machine);
  const count = (section: 'task' | 'condition' | 'event') => checked?.[section].items.length ?? 0;
  const items = { tasks: count('task'), conditions: count('condition'), events: count('event') };
  const { findWarnings } = await import('./warnings.ts');
  const warnings = checked ? await findWarnings(checked, problems) : [];
  const refused =
    problems.length === 0 ? [] : await (await import('../config/locate.ts')).located(text, problems, included);
  const frames = new Map<string | undefined, (position: Position) => string>();
  const frame = (name: string | undefined, position: Position): string => {
    const known = frames.get(name) ?? codeFrames(included?.source(name).text ?? text);
    frames.set(name, known);
    return known(position);
  };
  const rank = (one: Finding): number => included?.rank(one.file) ?? 0;
  const findings = [...refused, ...warnings].map(findingOf(file, frame));
  return { findings: findings.sort((a, b) => rank(a) - rank(b) || byPlace(a, b)), ...items };
};
