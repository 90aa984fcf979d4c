import { FINDINGS } from '../check/findings.ts';
import { loadSubcommands } from '../commands/index.ts';
import type { OptionRow, Subcommand } from '../commands/subcommand.ts';
import type { Field, Fields } from '../config/field.ts';
import { fleetFields } from '../config/fleet.ts';
import { historyFields } from '../config/history.ts';
import { hookFields } from '../config/hooks.ts';
import { loggingFields, outputFields } from '../config/logging.ts';
import { globalFields } from '../config/read-fields.ts';
import { REQUESTS } from '../control/request.ts';
import { COMMANDS } from '../core/commands.ts';
import { STATES } from '../core/states.ts';
import { OPTIONS } from '../daemon-options.ts';
import { limitFields } from '../items/common/resource-limits.ts';
import { SPECIFICATION_KEYS } from '../items/common/specification-keys.ts';
import { COMPARISONS } from '../items/common/value-checks.ts';
import type { HostFs, ItemKind } from '../items/kind.ts';
import { FEATURES, featuresOn, registry } from '../items/registry.ts';
import { CONTEXTS } from '../log/contexts.ts';
import { LOG_FORMATS } from '../log/format-choice.ts';
import { RECORD_PLACEHOLDERS } from '../log/pattern.ts';
import { ROOT, SUBTREES } from '../log/subtree.ts';
import { BACKENDS, type Backend } from '../metrics/backends.ts';
import { familiesOf } from '../metrics/families.ts';
import { PLACEHOLDERS } from '../metrics/run-name.ts';
import { Totals } from '../metrics/totals.ts';
import { VERSION } from '../version.ts';
import { type Entry, type Filling, toRoff } from './roff.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const sentence = (text: string): string => `${capital(text)}${text.endsWith('.') ? '' : '.'}`;

/** `logColor` as the user writes it: `--log-color`. */
const longOption = (key: string): string => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

const optionEntry = ({ flags, help, choices, fallback, conflicts }: OptionRow): Entry => {
  const more = [
    choices && `One of ${choices.join(', ')}.`,
    fallback !== undefined && `Default: ${fallback}.`,
    conflicts && `Not with ${conflicts.map(longOption).join(' or ')}.`,
  ];
  return { term: flags, text: [sentence(help), ...more].filter(Boolean).join(' ') };
};

/** `NAME …` for `<NAME...>`, `[NAME]` for `[NAME]`. */
const argumentOf = (form: string): string => form.replace(/[<>]/g, '').replace(/\.\.\./, ' …');

const sameOption = (one: OptionRow, other: OptionRow): boolean => one.flags === other.flags && one.help === other.help;

/** The tables of the subcommands. */
class SubcommandTables {
  readonly #all: readonly Subcommand[];
  /** Options that three subcommands or more have: they are described once. */
  readonly #shared: readonly OptionRow[];

  constructor(all: readonly Subcommand[]) {
    this.#all = all;
    this.#shared = all
      .flatMap(({ options }) => options)
      .filter((row, i, rows) => this.#takenBy(row).length > 2 && rows.findIndex((one) => sameOption(row, one)) === i);
  }

  #takenBy(row: OptionRow): readonly string[] {
    return this.#all.filter(({ options }) => options.some((one) => sameOption(row, one))).map(({ name }) => name);
  }

  /** How a subcommand is called, what it does, its options, and examples. @throws Error when there is no such subcommand. */
  describe(name: string): Filling {
    const row = this.#all.find((other) => other.name === name);
    if (!row) throw new Error(`there is no subcommand "${name}"`);
    // An option of the daemon, or of several subcommands.
    const elsewhere = (option: OptionRow) => [...OPTIONS, ...this.#shared].some((other) => sameOption(option, other));
    const also = row.options.filter(elsewhere).map(({ flags }) => `\`${/--[\w-]+/.exec(flags)![0]}\``);
    const entries = [
      ...row.takes
        .filter(({ form }) => form !== '<CONFIG>')
        .map(({ form, help }) => ({ term: argumentOf(form), text: sentence(help) })),
      ...row.options.filter((option) => !elsewhere(option)).map(optionEntry),
    ];
    return [
      {
        markdown: `### ${['whenever', name, '[OPTIONS]', ...row.takes.map(({ form }) => argumentOf(form))].join(' ')}`,
      },
      { markdown: sentence(row.help) + (also.length > 0 ? ` Also takes ${also.join(', ')}.` : '') },
      ...(entries.length > 0 ? [{ entries, tight: true }] : []),
      ...(row.more ? [{ markdown: row.more }] : []),
      { markdown: `\`\`\`\n${row.examples.join('\n')}\n\`\`\`` },
    ];
  }

  /** The words that an option of a subcommand takes. */
  wordsOf(name: string): readonly Entry[] {
    const { words = [] } = this.#all.find((other) => other.name === name) ?? {};
    return words.map(({ name: term, doc }) => ({ term, text: sentence(doc) }));
  }

  /** The subcommands of a page that it does not name. */
  describeOthers(page: Subcommand['page'], named: readonly string[]): Filling {
    return this.#all
      .filter((row) => row.page === page && !named.includes(row.name))
      .flatMap(({ name }) => this.describe(name));
  }

  /** The names of the subcommands of a page, as a sentence. */
  names(page: Subcommand['page']): string {
    const names = this.#all.filter((row) => row.page === page).map(({ name }) => `\`${name}\``);
    return sentence(names.join(', '));
  }

  sharedOptions(): readonly Entry[] {
    return this.#shared.map((row) => ({
      term: row.flags,
      text: `${optionEntry(row).text} (${this.#takenBy(row).join(', ')})`,
    }));
  }

  /** Subcommands of a page; those with the same exit statuses are in one entry. */
  exitStatuses(page: Subcommand['page']): readonly Entry[] {
    const byText = new Map<string, string[]>();
    for (const { name, exitStatus } of this.#all.filter((row) => row.page === page))
      byText.set(exitStatus, [...(byText.get(exitStatus) ?? []), name]);
    return [...byText].map(([text, names]) => ({
      term: names.join(', '),
      text: capital(text.replace(/^Status /, '')),
    }));
  }
}

const FEATURE_HELP: Readonly<Record<(typeof FEATURES)[number], string>> = {
  dbus: 'D-Bus conditions and events',
  wmi: 'WMI conditions and events',
  lua_sync: 'locks and shared states for Lua scripts',
  lua_httpreq: 'HTTP requests from Lua scripts',
  lua_unsafe: 'Lua without restrictions',
};

/** Where a feature is present, as a sentence. */
const presence = (word: (typeof FEATURES)[number]): string => {
  const [elsewhere, windows] = [featuresOn('linux').includes(word), featuresOn('win32').includes(word)];
  if (elsewhere) return windows ? 'Present.' : 'Present, but not on Windows.';
  return windows ? 'Present on Windows only.' : 'Not present.';
};

/** A default as it would stand in the file. */
const literal = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(literal).join(', ')}]` : JSON.stringify(value);

/** Keys of a table of the file. A text is `An integer, 0 or more. Default: 5. What it is for.` */
const keys = (fields: Fields): readonly Entry[] =>
  Object.entries(fields).map(([term, { expected, required, fallback, extension, doc }]: [string, Field]) => {
    const must = required ? ' Required.' : fallback === undefined ? '' : ` Default: ${literal(fallback)}.`;
    return { term, text: `${capital(expected)}.${must}${extension ? ' (Extension.)' : ''} ${doc}` };
  });

/** A machine that has everything: the page says what is not available on the usual one. */
const anyMachine: HostFs = { isDirectory: () => true, isFile: () => true, platform: 'linux' };

/** The keys of a kind. A condition that has all keys of the task of the same name shows only its own. */
const keysOf = ({ section, type, fields }: ItemKind): Filling => {
  const task = section === 'condition' ? registry.task.kinds.find((other) => other.type === type)?.fields : undefined;
  const kinds: readonly ItemKind[] = registry[section].kinds;
  const first = kinds.find((kind) => kind.fields === fields);
  const own = Object.entries(fields).filter(([key, field]) => task?.[key] !== field);
  if (task && Object.keys(task).every((key) => fields[key] === task[key]))
    return [{ markdown: `All keys of a ${type} task, and these:` }, { entries: keys(Object.fromEntries(own)) }];
  if (own.length === 0) return [{ markdown: 'No further keys.' }];
  if (first && first.type !== type) return [{ markdown: `Keys: those of type = "${first.type}".` }];
  return [{ entries: keys(fields) }];
};

/** The kinds of a section, each with its keys. */
const kindsOf = (section: keyof typeof registry): Filling =>
  (registry[section].kinds as readonly ItemKind[]).flatMap((kind) => {
    const missing = kind.unavailable?.(anyMachine);
    const refused = 'the keys are known, but an item of this kind is refused';
    return [
      { markdown: `### type = "${kind.type}" (${section})` },
      { markdown: kind.doc },
      ...(missing ? [{ markdown: `${capital(missing)}; ${refused}.` }] : []),
      ...keysOf(kind),
    ];
  });

/** Keys of every item of a section. */
const commonKeys = (section: keyof typeof registry): readonly Entry[] => [
  { term: 'type', text: `The kind of ${section}. Required.` },
  ...keys(registry[section].common),
];

/** The name that files or runs have without `--run-name`. */
const unnamed = ({ file, ending }: Backend): string =>
  ending === '' ? `the run is called ${file}` : `${file}${ending}${ending === '/' ? ', a directory' : ''}`;

const backendEntry = (backend: Backend): Entry => {
  const needs = backend.needs === undefined ? '' : ` Needs the package ${backend.needs} beside whenever.`;
  return { term: backend.name, text: `${sentence(backend.doc)} Without --run-name: ${unnamed(backend)}.${needs}` };
};

const familyEntries = (): readonly Entry[] => {
  const vitals = { eventLoopDelayMs: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 };
  const families = familiesOf(new Totals(), { vitals, now: 0, version: '', node: '', started: 0, ending: false });
  return families.map(({ name, type, help }) => ({ term: name, text: `${capital(type)}. ${help}` }));
};

const requestEntries = (): readonly Entry[] =>
  Object.entries(REQUESTS).map(([term, { help, fields }]) => {
    const described = Object.entries(fields).map(
      ([key, { type, help: about, ...rest }]) => `${key} (${type}${'required' in rest ? ', required' : ''}): ${about}.`,
    );
    return { term, text: [help, ...described].join(' ') };
  });

const specificationEntries = (): readonly Entry[] =>
  Object.entries(SPECIFICATION_KEYS).map(([term, { expected, doc, ...row }]) => ({
    term,
    text: `${capital(expected)}. ${doc}${'extension' in row ? ' (Extension.)' : ''}`,
  }));

const words = (table: Readonly<Record<string, string>>): readonly Entry[] =>
  Object.entries(table).map(([term, text]) => ({ term, text }));

const placeholderEntries = (placeholders: readonly { readonly name: string; readonly doc: string }[]): Filling => [
  { entries: placeholders.map(({ name, doc }) => ({ term: `{${name}}`, text: sentence(doc) })), tight: true },
];

/** What the slots of `docs/man` are filled with: `<!-- table: NAME ARGUMENT -->`. */
const TABLES: Readonly<Record<string, (argument: string) => Filling>> = {
  options: () => [
    {
      entries: [
        ...OPTIONS.map(optionEntry),
        { term: '-h, --help', text: 'Print a short help.' },
        { term: '-V, --version', text: `Print the name of the program and its version, as in "whenever ${VERSION}".` },
      ],
      tight: true,
    },
  ],
  features: () => [
    {
      entries: FEATURES.map((term) => ({ term, text: `${sentence(FEATURE_HELP[term])} ${presence(term)}` })),
      tight: true,
    },
  ],
  'input-commands': () => [
    {
      entries: COMMANDS.map(({ names, usage, help }) => ({
        term: [names.join(', '), usage].filter(Boolean).join(' '),
        text: help,
      })),
      tight: true,
    },
  ],
  'global-keys': () => [{ entries: keys(globalFields) }],
  'common-keys': (section) => [{ entries: commonKeys(section as keyof typeof registry) }],
  kinds: (section) => kindsOf(section as keyof typeof registry),
  'default-keys': () => [{ entries: keys(hookFields) }],
  'specification-keys': () => [{ entries: specificationEntries() }],
  'limit-keys': () => [{ entries: keys(limitFields) }],
  'fleet-keys': () => [{ entries: keys(fleetFields) }],
  'history-keys': () => [{ entries: keys(historyFields) }],
  'logging-keys': () => [{ entries: keys(loggingFields) }],
  'output-keys': () => [{ entries: keys(outputFields) }],
  contexts: () => [
    {
      entries: Object.entries(CONTEXTS).map(([term, actions]) => ({ term, text: `${actions.join(', ')}.` })),
      tight: true,
    },
  ],
  'log-formats': () => [
    { entries: LOG_FORMATS.map(({ name, doc }) => ({ term: name, text: sentence(doc) })), tight: true },
  ],
  'record-placeholders': () => placeholderEntries(RECORD_PLACEHOLDERS),
  subtrees: () => [
    { entries: Object.entries(SUBTREES).map(([name, about]) => ({ term: `${ROOT}.${name}`, text: sentence(about) })) },
  ],
  backends: () => [{ entries: BACKENDS.map(backendEntry) }],
  placeholders: () => placeholderEntries(PLACEHOLDERS),
  families: () => [{ entries: familyEntries() }],
  requests: () => [{ entries: requestEntries() }],
  operators: () => [{ entries: words(COMPARISONS), tight: true }],
  findings: (level) => [
    {
      entries: Object.entries(FINDINGS)
        .filter(([, row]) => row.level === level)
        .map(([term, { doc }]) => ({ term, text: doc })),
      tight: true,
    },
  ],
  states: (section) => [{ entries: words(STATES[section as keyof typeof STATES]), tight: true }],
};

/** The argument of a slot as the page of a subcommand. */
const pageOf = (argument: string): Subcommand['page'] =>
  argument === 'setup' || argument === 'live' ? argument : undefined;

/** A manual page, made from its Markdown (a file of `docs/man`) and the tables of the program. */
export const manualPage = async (markdown: string): Promise<string> => {
  const subcommands = new SubcommandTables(await loadSubcommands());
  const named = [...markdown.matchAll(/<!-- table: subcommand (\w+) -->/g)].map(([, name]) => name!);
  const tables: typeof TABLES = {
    ...TABLES,
    subcommand: (name) => subcommands.describe(name),
    'other-subcommands': (page) => subcommands.describeOthers(pageOf(page), named),
    'names-of': (page) => [{ markdown: subcommands.names(pageOf(page)) }],
    words: (name) => [{ entries: subcommands.wordsOf(name), tight: true }],
    'shared-options': () => [{ entries: subcommands.sharedOptions(), tight: true }],
    statuses: (page) => [{ entries: subcommands.exitStatuses(pageOf(page)), tight: true }],
  };
  /** @throws Error when there is no such table. */
  const fill = (slot: string): Filling => {
    const [name = '', ...rest] = slot.split(' ');
    const table = tables[name];
    if (!table) throw new Error(`there is no table "${name}" (there are: ${Object.keys(tables).join(', ')})`);
    return table(rest.join(' '));
  };
  return toRoff(markdown, { footer: `whenever ${VERSION}`, fill });
};
