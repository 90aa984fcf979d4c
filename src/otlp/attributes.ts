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

/** Keys of the data of spans, and what sets the attributes of the semantic conventions that say the same. */
type Conventions = Readonly<Record<string, (to: Attributes, value: unknown, span: Span) => void>>;

const text = (value: unknown): string => String(value);

/** Results of the conventions for CI/CD, for the outcomes that are called otherwise here. */
const RESULTS: Readonly<Record<string, string>> = {
  ...{ cancelled: 'cancellation', replaced: 'cancellation' },
  // It has run, and nothing was asked of its outcome.
  none: 'success',
};
const resultOf = (outcome: unknown): string => RESULTS[text(outcome)] ?? text(outcome);

const RUN: Conventions = {
  condition: (to, name) => {
    to[ATTR_CICD_PIPELINE_NAME] = text(name);
    to[ATTR_CICD_PIPELINE_ACTION_NAME] = 'RUN';
  },
  outcome: (to, outcome) => {
    to[ATTR_CICD_PIPELINE_RESULT] = resultOf(outcome);
    if (outcome === 'none') addOwn(to, 'outcome', outcome);
  },
};

/** By category of span; what is not here is `whenever.KEY`. */
const CONVENTIONS: Readonly<Partial<Record<SpanName, Conventions>>> = {
  run: RUN,
  hook: RUN,
  task: {
    task: (to, name) => {
      to[ATTR_CICD_PIPELINE_TASK_NAME] = text(name);
    },
    condition: (to, name) => {
      to[ATTR_CICD_PIPELINE_NAME] = text(name);
    },
    outcome: (to, outcome) => {
      to[ATTR_CICD_PIPELINE_TASK_RUN_RESULT] = resultOf(outcome);
      if (outcome === 'none') addOwn(to, 'outcome', outcome);
    },
  },
  command: {
    command: (to, given) => {
      const path = text(given);
      to[ATTR_PROCESS_EXECUTABLE_NAME] = basename(path);
      to[ATTR_PROCESS_COMMAND] = path;
      if (path.includes('/')) to[ATTR_PROCESS_EXECUTABLE_PATH] = path;
    },
    // The convention counts the command itself as the first one. A recording may be of another program.
    args: (to, args, { began }) => {
      to[ATTR_PROCESS_COMMAND_ARGS] = [text(began.command), ...(Array.isArray(args) ? args : [args]).map(text)];
    },
    pid: (to, pid) => {
      to[ATTR_PROCESS_PID] = pid as number;
    },
    exit_status: (to, status) => {
      to[ATTR_PROCESS_EXIT_CODE] = status as number;
      if (status !== 0) to[ATTR_ERROR_TYPE] = 'exit_code';
    },
    how: (to, how) => {
      addOwn(to, 'how', how);
      if (how !== 'exit') to[ATTR_ERROR_TYPE] = text(how);
    },
  },
  lua: {
    how: (to, how) => {
      addOwn(to, 'how', how);
      if (how !== 'finished') to[ATTR_ERROR_TYPE] = text(how);
    },
  },
};

/** What an attribute can hold; what it cannot is JSON. */
const attributeValue = (value: unknown): AttributeValue => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  return JSON.stringify(value);
};

/** `whenever.KEY` by key: made once. */
const ownNames = new Map<string, string>();
const ownName = (key: string): string => {
  const known = ownNames.get(key);
  if (known !== undefined) return known;
  const name = `whenever.${key}`;
  ownNames.set(key, name);
  return name;
};

type Data = Readonly<Record<string, unknown>>;

const addOwn = (to: Attributes, key: string, value: unknown): void => {
  if (value !== undefined && value !== null) to[ownName(key)] = attributeValue(value);
};

/** Attributes of the data of a decision or a record. Spans of a run that does much are many: loops cost a third of what mappings do. */
export const ownAttributes = (...all: readonly Data[]): Attributes => {
  const found: Attributes = {};
  for (const data of all) for (const key in data) addOwn(found, key, data[key]);
  return found;
};

/**
 * The attributes of a span: those of the semantic conventions of OpenTelemetry for CI/CD and processes where they fit, and `whenever.KEY`.
 * @param session makes ids of runs unique in the world
 */
export const spanAttributes = (span: Span, session: string): Attributes => {
  const { category, item, run, cause, began, ended, id } = span;
  const conventions = CONVENTIONS[category as SpanName];
  const found: Attributes = {};
  addOwn(found, 'category', category);
  addOwn(found, 'item', item);
  addOwn(found, 'run', run);
  addOwn(found, 'cause', cause);
  for (const data of [began, ended])
    for (const key in data) {
      const value = data[key];
      const convention = conventions?.[key];
      if (convention === undefined) addOwn(found, key, value);
      else if (value !== undefined && value !== null) convention(found, value, span);
    }
  if (run !== null && (category === 'run' || category === 'hook' || category === 'task'))
    found[ATTR_CICD_PIPELINE_RUN_ID] = `${session}/${run}`;
  if (category === 'task') found[ATTR_CICD_PIPELINE_TASK_RUN_ID] = `${session}/${text(id)}`;
  return found;
};
