import type { ConditionKind, TaskKind } from '../items/kind.ts';
import type { ProblemList } from './problem.ts';
import type { ParsedItem, ParsedSection } from './section.ts';

/** A key, and what is wrong with its value. */
type Finding = readonly [key: string, text: string];

/** The name is part of what is asked of a server, which takes 4096 characters in one line and closes the connection for more. */
const LONGEST_NAME = 255;

const quoted = (value: unknown): string => JSON.stringify(value);

/** What does not go with a key of the kind: all but the values allowed. */
const kindFindings = ({ kind, values }: ParsedItem<ConditionKind>): readonly Finding[] => {
  const { shareable } = kind;
  if (shareable === undefined)
    return [['shared', `expected a condition that is true on other machines, too, found one of type ${kind.type}`]];
  return Object.entries(shareable).flatMap(([key, allowed]): Finding[] => {
    const value = values[key];
    if (value === undefined || allowed.includes(value)) return [];
    return [[key, `expected ${allowed.map(quoted).join(' or ')} with shared = true, found ${quoted(value)}`]];
  });
};

/** What does not go with `shared = true`. */
const sharedFindings = (item: ParsedItem<ConditionKind>, hasFleet: boolean): readonly Finding[] => {
  const { recurring, when_busy: busy } = item.shared;
  return [
    ...(hasFleet
      ? []
      : [['shared', 'expected a table [fleet] with the servers that the machines have in common'] as const]),
    ...(item.name.length > LONGEST_NAME
      ? [['name', `expected at most ${LONGEST_NAME} characters with shared = true, found ${item.name.length}`] as const]
      : []),
    ...(recurring === false
      ? [['shared', 'expected recurring = true, too: whether another machine has finished it is not known'] as const]
      : []),
    ...(busy === 'queue' || busy === 'restart'
      ? [['when_busy', `expected "skip" with shared = true, found "${busy}"`] as const]
      : []),
    ...kindFindings(item),
  ];
};

const ownFindings = ({ shared }: ParsedItem<ConditionKind>, away: ReadonlySet<string>): readonly Finding[] =>
  shared.on_lost === 'rerun' && !((shared.tasks ?? []) as readonly string[]).some((name) => away.has(name))
    ? [
        [
          'on_lost',
          'expected shared = true, or a task with "where": only what a machine does for others is repeated by another one',
        ],
      ]
    : [];

/** What does not go with the machine that a task is for. */
const whereFindings = ({ shared: { where } }: ParsedItem<TaskKind>, hasFleet: boolean): readonly Finding[] =>
  where === undefined || where === 'here' || hasFleet
    ? []
    : [['where', `expected "here" without a table [fleet], found ${quoted(where)}`]];

/** Checks that what several machines share has keys that go with that, and that there is a fleet. */
export const checkShared = (
  task: ParsedSection<TaskKind>,
  condition: ParsedSection<ConditionKind>,
  hasFleet: boolean,
  found: ProblemList,
): void => {
  const add = ({ path, title: item }: ParsedItem<TaskKind | ConditionKind>, findings: readonly Finding[]): void => {
    for (const [key, text] of findings)
      found.add({ path: [...path, key], at: 'value', item, id: 'conflicting-keys', text: `${key}: ${text}` });
  };
  for (const item of task.items) add(item, whereFindings(item, hasFleet));
  const away = new Set(task.items.filter(({ shared }) => shared.where !== 'here').map(({ name }) => name));
  for (const item of condition.items)
    add(item, item.shared.shared === true ? sharedFindings(item, hasFleet) : ownFindings(item, away));
};
