import type { ExplainAnswer } from '../control/queries.ts';
import type { ConditionReport, Group } from '../control/status.ts';
import { type LastOutcome, sinceText } from '../history/last-outcome.ts';
import type { Transition } from '../journal/fact.ts';
import { oneLine } from '../log/one-line.ts';
import { formatInstant, repeatedSince, showDuration } from '../terminal/instant.ts';
import { outputLines } from '../terminal/output-lines.ts';
import { PLAIN, type Terminal } from '../terminal/terminal.ts';
import { paragraph } from '../terminal/wrap.ts';
import { differencesFor, differenceText, type EnvironmentDifference } from './environment-differences.ts';
import { CONFIG_OPTION } from './open-history.ts';
import { countOption, instantOrMinute } from './option-values.ts';
import {
  answerJson,
  FOUND,
  FROM_OPTION,
  JSON_OPTION,
  NOTHING,
  printUnknown,
  QUERY_STATUS,
  type QueryOptions,
  STATUS_INSTANTS,
  send,
} from './query-common.ts';
import { stdoutTerminal, writeAll } from './stdio.ts';
import type { Subcommand } from './subcommand.ts';

/** States of tasks and events as verbs; others are verbs themselves. */
const TASK_VERBS: Readonly<Record<string, string>> = {
  running: 'began',
  waiting: 'was to be tried again',
  indeterminate: 'ended without an outcome',
  error: 'ended with an error',
};
const EVENT_VERBS: Readonly<Record<string, string>> = { fired: 'came', dropped: 'came, and was dropped' };

/** A transition of a condition by its new state. */
const BECAME: Readonly<Record<string, string>> = {
  queued: 'it had to wait for its turn: ',
  running: 'it ran its tasks, because ',
  checking: 'it was being checked: ',
};

const conditionClause = (transition: Transition): string => {
  const { start, finish, why, run } = transition;
  if (start === 'new') return `it began as ${finish}: ${why}`;
  if (transition.code === 'hook') return why;
  if (transition.code === 'command') return `it was ${why}`;
  if (start === 'queued' && finish === 'running') return `its turn came: ${why}`;
  if (finish in BECAME) return `${BECAME[finish]}${why}`;
  // A condition that waits for the one that it replaces has no run.
  if (start === 'running' || (start === 'queued' && run !== null)) return `its run ended: ${why}`;
  if (start === finish || start === 'checking') return `it did not run: ${why}`;
  return `${finish === 'removed' ? 'it was' : 'it became'} ${finish}: ${why}`;
};

/** A transition as a clause, without its instant. */
const clause = (transition: Transition): string => {
  const { key, finish, why } = transition;
  const at = key.indexOf('/');
  const name = key.slice(at + 1);
  switch (key.slice(0, at)) {
    case 'task':
      return `task ${name} ${TASK_VERBS[finish] ?? finish}: ${why}`;
    case 'event':
      return `event ${name} ${EVENT_VERBS[finish] ?? finish}: ${why}`;
    default:
      return conditionClause(transition);
  }
};

/** The command after which a condition in this state is checked again. */
const REMEDIES: Partial<Readonly<Record<Group, string>>> = {
  suspended: 'resume_condition',
  exhausted: 'reset_conditions',
  finished: 'reset_conditions',
};

/** How a run has ended, as a verb. */
export const OUTCOME_VERBS: Readonly<Record<LastOutcome['outcome'], string>> = {
  success: 'succeeded',
  none: 'had no outcome',
  failure: 'failed',
  error: 'failed',
  interrupted: 'was interrupted',
  cancelled: 'was cancelled',
  replaced: 'was replaced by a new one',
};

/** The last run, as the end of a paragraph. */
const lastSentence = (last: LastOutcome | null, now: number): string => {
  if (last === null) return '';
  const { outcome, failed, time, with: task, reason, lastLine, streak } = last;
  const line = lastLine === null ? '' : `: "${lastLine}"`;
  const why = failed ? `: ${task === null ? '' : `task ${task}: `}${reason ?? 'it gave no reason'}${line}` : '';
  const times =
    failed && streak.count > 1 ? ` It has failed ${streak.count} times since ${sinceText(streak.time, now)}.` : '';
  const ago = showDuration(Math.max(0, now - time));
  return ` Its last run ${OUTCOME_VERBS[outcome]} at ${formatInstant(time)}, ${ago} ago${why}.${times}`;
};

/** Whether it is overdue, or what is usual, as the end of a paragraph. */
const overdueSentence = ({ overdue }: ConditionReport): string => {
  if (overdue === undefined) return '';
  const { state, text } = overdue;
  return state === 'overdue' ? ` It is overdue: ${text}.` : ` ${text[0]?.toUpperCase()}${text.slice(1)}.`;
};

/** Where it is written, if that is not the main file. */
const fileSentence = ({ file }: ConditionReport): string => (file === undefined ? '' : ` It is in ${file}.`);

const present = (condition: string, report: ConditionReport, now: number): string => {
  const { group, next, why, running } = report;
  const last = `${lastSentence(report.last, now)}${overdueSentence(report)}${fileSentence(report)}`;
  if (group === 'running')
    return `${condition} is running: ${why}${running.length > 0 ? ` (${running.join(', ')})` : ''}.${last}`;
  const coming =
    next === null ? '' : ` It is checked next at ${formatInstant(next)}, in ${showDuration(Math.max(0, next - now))}.`;
  return `${condition} ${group === 'no-tasks' ? 'has no tasks' : `is ${group}`}: ${why}.${coming}${last}`;
};

/**
 * Why a condition did or did not run, in sentences, newest first. `now`: wall-clock ms. `from`: the file that it was read from.
 * @param environment how the environment of what failed differs from that of the one who asks
 */
export const formatExplanation = (
  { condition, status, chapters, more, asOf }: ExplainAnswer,
  now: number,
  terminal: Terminal = PLAIN,
  from?: string,
  environment: readonly EnvironmentDifference[] = [],
): string => {
  const { width, paint } = terminal;
  const shown = new Set<string>();
  /** A run and its task end with the same output: it is shown once. */
  const written = ({ lastRun, output }: Transition): string => {
    const once = `${lastRun} ${output}`;
    if (output === undefined || shown.has(once)) return '';
    shown.add(once);
    return outputLines(output, terminal);
  };
  const sentences = chapters.map((chapter) => {
    const ago = now - chapter.lastTime >= 50 ? `, ${showDuration(now - chapter.lastTime)} ago` : '';
    const cause = chapter.lastCause === null ? '' : ` [${oneLine(chapter.lastCause)}]`;
    const when = `${formatInstant(chapter.lastTime)}${ago}`;
    const sentence = paragraph(`  ${when}: ${oneLine(clause(chapter))}${repeatedSince(chapter)}.${cause}`, width, 6);
    const painted = sentence.startsWith(`  ${when}`)
      ? `  ${paint('dim', when)}${sentence.slice(when.length + 2)}`
      : sentence;
    return `${painted}${written(chapter)}`;
  });
  const at = from === undefined ? '' : paragraph(`${from}, as of ${formatInstant(asOf)}:`, width, 2);
  const [newest] = chapters;
  const gone = newest?.finish === 'removed' ? `${condition} is no longer there: ${newest.why}.` : '';
  const head = status ? present(condition, status, asOf) : gone;
  const remedy = from === undefined && status ? REMEDIES[status.group] : undefined;
  const hint = remedy === undefined ? '' : `To have it checked again: whenever ctl ${remedy} ${condition}\n`;
  const differences = environment.map((one) => paragraph(oneLine(differenceText(one)), width, 2)).join('');
  const earlier = more > 0 ? `  (and ${more} earlier: --count 0 shows all that are kept)\n` : '';
  const heading = sentences.length > 0 ? 'What happened, newest first:\n' : 'Nothing has happened to it yet.\n';
  const bold = (text: string) => (text === '' ? '' : `${paint('bold', text.trimEnd())}\n`);
  return `${at}${bold(head === '' ? '' : paragraph(oneLine(head), width))}${differences}${hint}${heading}${sentences.join('')}${earlier}`;
};

type ExplainOptions = QueryOptions & {
  readonly count: number;
  readonly at?: ReturnType<typeof instantOrMinute>;
  readonly config?: string;
  readonly fleet?: true;
};

export const explainCommand: Subcommand<ExplainOptions> = {
  name: 'explain',
  help: 'explain in sentences why a condition did or did not run, newest first',
  takes: [{ form: '<CONDITION>', help: 'the name of a condition', names: ['condition'] }],
  options: [
    countOption('how many reasons', '10'),
    {
      flags: '--at <T>',
      help: 'what it did at this instant, by the history; without seconds: in this minute',
      parse: instantOrMinute,
      conflicts: ['from'],
    },
    { flags: '--fleet', help: 'on all machines of the fleet', conflicts: ['at', 'from'] },
    CONFIG_OPTION,
    JSON_OPTION,
    FROM_OPTION,
  ],
  exitStatus: QUERY_STATUS,
  examples: ['whenever explain Nightly --at "2026-11-26 02:30"'],
  run: async ({ args: [condition = ''], options, now }) => {
    if (options.at !== undefined) {
      const { explainInstant } = await import('./explain-instant.ts');
      return explainInstant(condition, options.at, options, now);
    }
    if (options.fleet) {
      const { explainFleet } = await import('./explain-fleet.ts');
      return explainFleet(condition, options, now);
    }
    const { count, json, from } = options;
    const answer = (await send({ request: 'explain', condition, count }, options)) as ExplainAnswer;
    const environment = from === undefined && answer.status ? await differencesFor(answer.status) : [];
    if (json) writeAll(1, answerJson({ ...answer, environment }, STATUS_INSTANTS));
    else if (answer.known) writeAll(1, formatExplanation(answer, now, stdoutTerminal(), from, environment));
    else await printUnknown([condition], 'condition', options);
    return answer.known ? FOUND : NOTHING;
  },
};
