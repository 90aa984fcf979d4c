import { basename } from 'node:path';
import type { Attributes, AttributeValue } from '@opentelemetry/api';
import {
  ATTR_CICD_PIPELINE_ACTION_NAME,
  ATTR_CICD_PIPELINE_NAME,
  ATTR_CICD_PIPELINE_RESULT,
  ATTR_CICD_PIPELINE_RUN_ID,
  ATTR_CICD_PIPELINE_TASK_NAME,
  ATTR_CICD_PIPELINE_TASK_RUN_ID,
  ATTR_CICD_PIPELINE_TASK_RUN_RESULT,
  ATTR_ERROR_TYPE,
  ATTR_PROCESS_COMMAND,
  ATTR_PROCESS_COMMAND_ARGS,
  ATTR_PROCESS_EXECUTABLE_NAME,
  ATTR_PROCESS_EXECUTABLE_PATH,
  ATTR_PROCESS_EXIT_CODE,
  ATTR_PROCESS_PID,
} from '@opentelemetry/semantic-conventions/incubating';
import type { SpanName } from '../journal/span-names.ts';
import type { Span } from '../renderings/span-data.ts';

/** Keys of the data of spans, and the attributes of the semantic conventions that say the same. */
type Conventions = Readonly<Record<string, (value: unknown, span: Span) => Attributes>>;

const text = (value: unknown): string => String(value);

/** Results of the conventions for CI/CD, for the outcomes that are called otherwise here. */
const RESULTS: Readonly<Record<string, string>> = { cancelled: 'cancellation', replaced: 'cancellation', none: 'skip' };
const resultOf = (outcome: unknown): string => RESULTS[text(outcome)] ?? text(outcome);

const RUN: Conventions = {
  condition: (name) => ({ [ATTR_CICD_PIPELINE_NAME]: text(name), [ATTR_CICD_PIPELINE_ACTION_NAME]: 'RUN' }),
  outcome: (outcome) => ({ [ATTR_CICD_PIPELINE_RESULT]: resultOf(outcome) }),
};

/** By category of span; what is not here is `whenever.KEY`. */
const CONVENTIONS: Readonly<Partial<Record<SpanName, Conventions>>> = {
  run: RUN,
  hook: RUN,
  task: {
    task: (name) => ({ [ATTR_CICD_PIPELINE_TASK_NAME]: text(name) }),
    condition: (name) => ({ [ATTR_CICD_PIPELINE_NAME]: text(name) }),
    outcome: (outcome) => ({ [ATTR_CICD_PIPELINE_TASK_RUN_RESULT]: resultOf(outcome) }),
  },
  command: {
    command: (path) => ({
      [ATTR_PROCESS_EXECUTABLE_NAME]: basename(text(path)),
      [ATTR_PROCESS_COMMAND]: text(path),
      ...(text(path).includes('/') ? { [ATTR_PROCESS_EXECUTABLE_PATH]: text(path) } : {}),
    }),
    // The convention counts the command itself as the first one.
    args: (args, { began }) => ({ [ATTR_PROCESS_COMMAND_ARGS]: [text(began.command), ...(args as readonly string[])] }),
    pid: (pid) => ({ [ATTR_PROCESS_PID]: pid as number }),
    exit_status: (status) => ({
      [ATTR_PROCESS_EXIT_CODE]: status as number,
      ...(status === 0 ? {} : { [ATTR_ERROR_TYPE]: 'exit_code' }),
    }),
    how: (how) => ({ 'whenever.how': text(how), ...(how === 'exit' ? {} : { [ATTR_ERROR_TYPE]: text(how) }) }),
  },
};

/** What an attribute can hold; what it cannot is JSON. */
const attributeValue = (value: unknown): AttributeValue => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  return JSON.stringify(value);
};

/** Attributes of the data of a span, or of a decision. */
export const ownAttributes = (data: Readonly<Record<string, unknown>>): Attributes =>
  Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) =>
      value === undefined || value === null ? [] : [[`whenever.${key}`, attributeValue(value)] as const],
    ),
  );

/** What a span, a decision or a record belongs to. */
export const belongings = (item: string | null, run: string | null, cause: string | null): Attributes =>
  ownAttributes({ item, run, cause });

/**
 * The attributes of a span: those of the semantic conventions of OpenTelemetry for CI/CD and processes where they fit, and `whenever.KEY`.
 * @param session makes ids of runs unique in the world
 */
export const spanAttributes = (span: Span, session: string): Attributes => {
  const { category, item, run, cause, began, ended, id } = span;
  const conventions: Conventions = CONVENTIONS[category as SpanName] ?? {};
  const found: Attributes = { 'whenever.category': category, ...belongings(item, run, cause) };
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries({ ...began, ...ended })) {
    const convention = conventions[key];
    if (convention === undefined) rest[key] = value;
    else if (value !== undefined && value !== null) Object.assign(found, convention(value, span));
  }
  if (run !== null && (category === 'run' || category === 'hook' || category === 'task'))
    found[ATTR_CICD_PIPELINE_RUN_ID] = `${session}/${run}`;
  if (category === 'task') found[ATTR_CICD_PIPELINE_TASK_RUN_ID] = `${session}/${text(id)}`;
  return { ...found, ...ownAttributes(rest) };
};
