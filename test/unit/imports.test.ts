import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '..', '..', 'src');

/** One import line: who, what (a file of `src`, or a module), and whether only types. */
interface Import {
  readonly from: string;
  readonly to: string;
  readonly outside: boolean;
  readonly typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'));

/** What the file imports and re-exports, at once or later. */
const importsOf = (file: string, text: string): Import[] => {
  const found: Import[] = [];
  const line =
    /^(?:import|export)\s+(?<type>type\s)?(?:[\w*{}\s,$]+?\sfrom\s+)?'(?<static>[^']+)'|\bimport\('(?<dynamic>[^']+)'\)/gm;
  for (const { groups } of text.matchAll(line)) {
    // What goes into a page as one text is imported as any other file.
    const name = (groups!.static ?? groups!.dynamic!).replace(/\?bundle$/, '');
    const outside = !name.startsWith('.');
    const to = outside ? name : relative(SRC, join(SRC, dirname(file), name)).replaceAll('\\', '/');
    found.push({ from: file, to, outside, typeOnly: groups!.type !== undefined });
  }
  return found;
};

const imports = files.flatMap((file) => importsOf(file, readFileSync(join(SRC, file), 'utf8')));

/** `core/condition-state.ts` → `core`; files directly in `src` by their own name. */
const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file);

/** What contains listeners, what checks arguments, numbers with their words, and the last line of a text: all may import them, and they import nothing. */
const EVERYWHERE: readonly string[] = [
  'call-safely.ts',
  'check-arguments.ts',
  'error-message.ts',
  'last-line.ts',
  'plural.ts',
  'run-secrets.ts',
  'subscription.ts',
];

/** The program itself, which is put together of everything else. */
const ROOT: readonly string[] = [
  'main.ts',
  'start-configuration.ts',
  'run-daemon.ts',
  'run-scheduler.ts',
  'join-fleet.ts',
  'create-ports.ts',
  'load-configuration.ts',
  'launch',
];

/** Imports of the files that `who` matches which none of the allowed patterns fits. */
const strangers = (who: RegExp, allowed: readonly RegExp[]): string[] =>
  imports
    .filter(
      ({ from, to }) => who.test(from) && !EVERYWHERE.includes(to) && !allowed.some((pattern) => pattern.test(to)),
    )
    .map(({ from, to }) => `${from} imports ${to}`);

test('the lines are found: static, re-exported and late ones', () => {
  const text =
    "import { a } from './b.ts';\nimport type { T } from '../core/ports.ts';\nexport { x } from './x.ts';\nimport 'node:fs';\nconst y = await import('re2js');\nimport * as v from 'valibot';\nimport {\n  one,\n  two,\n} from './many.ts';\n";
  expect(importsOf('items/z.ts', text).map(({ to, typeOnly }) => [to, typeOnly])).toEqual([
    ['items/b.ts', false],
    ['core/ports.ts', true],
    ['items/x.ts', false],
    ['node:fs', false],
    ['re2js', false],
    ['valibot', false],
    ['items/many.ts', false],
  ]);
  expect(imports.length).toBeGreaterThan(200);
  expect(
    imports.filter(({ outside, to }) => !outside && !files.includes(to) && !/\.(d\.ts|css|lua)$/.test(to)),
  ).toEqual([]);
});

describe('who may import whom', () => {
  test('core imports core and types of the log, nothing else', () => {
    expect(strangers(/^core\//, [/^core\//, /^log\/(record|logging-config)\.ts$/])).toEqual([]);
    expect(
      imports.filter(({ from, to, typeOnly }) => from.startsWith('core/') && /^(log|journal)\//.test(to) && !typeOnly),
    ).toEqual([]);
  });

  test('items import core, fields, problems and record types, their common folder and the list of kinds', () => {
    const allowed = [
      /^core\/(instance|duration|end-signal|end-time|event-burst|event-data|outcome|ports|reasons|spec|task-run|bus-signature|bigint-json|clock-drift|clock-watch)\.ts$/,
      /^config\/(field|value-tables|hooks|problem|suggest|lua-syntax|lua-interpreter)\.ts$/,
      /^items\/(common\/|kind\.ts)/,
      /^log\/record\.ts$/,
      /^(redact\.ts|error-message\.ts|valibot|croner|re2js|suncalc|ical\.js|rrule)$/,
    ];
    expect(strangers(/^items\/(?!registry\.ts)/, allowed)).toEqual([]);
    expect(strangers(/^items\/registry\.ts$/, [/^items\//, /^config\/load\.ts$/])).toEqual([]);
  });

  test('what contains listeners and what checks arguments import nothing', () => {
    expect(imports.filter(({ from }) => [...EVERYWHERE, 'redact.ts'].includes(from))).toEqual([]);
  });

  test('what is made of events knows the engine, the journal and the log, and the engine knows nothing of it', () => {
    expect(
      strangers(/^projections\//, [
        /^projections\//,
        /^core\//,
        /^journal\//,
        /^history\//,
        /^log\/record\.ts$/,
        /^config\/suggest\.ts$/,
        /^redact\.ts$/,
      ]),
    ).toEqual([]);
    expect(strangers(/^history\//, [/^history\//])).toEqual([]);
    expect(strangers(/^hooks\//, [/^hooks\//, /^core\//, /^history\//, /^projections\//, /^log\/record\.ts$/])).toEqual(
      [],
    );
    expect(
      imports.filter(({ from, to }) => /^(core|items|journal|log)\//.test(from) && to.startsWith('projections/')),
    ).toEqual([]);
  });

  test('a kind never imports another kind', () => {
    const kinds = /^items\/(?!registry\.ts|kind\.ts)[^/]+\.ts$/;
    expect(imports.filter(({ from, to }) => kinds.test(from) && kinds.test(to))).toEqual([]);
    expect(imports.filter(({ from, to }) => from.startsWith('items/common/') && kinds.test(to))).toEqual([]);
  });

  test('the log imports nothing but itself and its colours', () => {
    expect(strangers(/^log\//, [/^log\//, /^chalk$/])).toEqual([]);
  });

  test('the journal imports nothing but itself and the records of the log', () => {
    expect(strangers(/^journal\//, [/^journal\//, /^log\/(record|quoted|logger-context)\.ts$/])).toEqual([]);
  });

  test('timespans import nothing but themselves, the types of facts, their names, and the nearest name', () => {
    const allowed = [/^timespans\//, /^journal\/(fact|span-names)\.ts$/, /^config\/suggest\.ts$/];
    expect(strangers(/^timespans\//, allowed)).toEqual([]);
    expect(
      imports.filter(
        ({ from, to, typeOnly }) => from.startsWith('timespans/') && to.startsWith('journal/') && !typeOnly,
      ),
    ).toEqual([]);
  });

  test('what answers questions knows the engine by its types, the journal, and near words; what prints knows answers by theirs', () => {
    const answering = [/^control\//, /^core\/(ports|scheduler|spec)\.ts$/, /^projections\//, /^journal\//, /^log\//];
    const others = [
      /^history\//,
      /^tracing\/trace-propagation\.ts$/,
      /^config\/suggest\.ts$/,
      /^version\.ts$/,
      /^redact\.ts$/,
    ];
    expect(strangers(/^control\//, [...answering, ...others])).toEqual([]);
    expect(
      imports.filter(({ from, to, typeOnly }) => from.startsWith('control/') && to.startsWith('core/') && !typeOnly),
    ).toEqual([]);
    const shown = [
      /^control\/(queries|request|status)\.ts$/,
      /^core\/duration\.ts$/,
      /^history\/(history-entries|history-line|last-outcome|run-statistics)\.ts$/,
      /^journal\/fact\.ts$/,
      /^log\/one-line\.ts$/,
    ];
    expect(strangers(/^terminal\//, [...shown, /^terminal\//])).toEqual([]);
  });

  test('what converts other formats imports nothing but itself, the fields of cron patterns, and what breaks lines', () => {
    const shared = [/^items\/common\/cron-pattern\.ts$/, /^terminal\/wrap\.ts$/];
    expect(strangers(/^convert\//, [/^convert\//, ...shared])).toEqual([]);
    const users = imports.filter(({ from, to }) => to.startsWith('convert/') && !from.startsWith('convert/'));
    expect(new Set(users.map(({ from }) => folderOf(from)))).toEqual(new Set(['commands']));
  });

  test('the configuration knows kinds and specifications by their types only', () => {
    const towards = imports.filter(({ from, to }) => from.startsWith('config/') && /^(core|items)\//.test(to));
    // Which dates exist is known in one place.
    expect(towards.filter(({ typeOnly, to }) => !typeOnly && to !== 'core/duration.ts')).toEqual([]);
    expect(
      strangers(/^config\//, [
        /^config\//,
        /^check\//,
        /^core\/(duration|instance|spec|task-run)\.ts$/,
        /^items\/(kind|common\/condition-window)\.ts$/,
        /^log\/(one-line|record|logging-config|subtree|contexts|format-choice|pattern|time-format)\.ts$/,
        // Where the caret of a code frame is.
        /^terminal\/wrap\.ts$/,
        /^[^/]+$/,
      ]),
    ).toEqual([]);
  });

  test('adapters implement the ports: of the program they import types, Lua and each other', () => {
    const allowed = [
      /^adapters\//,
      /^core\/(ports|bus-signature|bigint-json|clock-drift|clock-watch)\.ts$/,
      /^items\/kind\.ts$/,
      // Which zone a rule of POSIX is like shows by what the zones show.
      /^items\/common\/zone\.ts$/,
      /^lua\//,
      /^node:/,
      /^[^/]+$/,
    ];
    const requests = [...allowed, /^control\/request\.ts$/, /^timespans\/system-metrics\.ts$/];
    expect(
      strangers(
        /^adapters\/(?!(?:log|journal)-outputs?\.ts|recording-(?:writer|reader)\.ts|metrics\/|history\/|fleet\/)/,
        requests,
      ),
    ).toEqual([]);
    expect(strangers(/^adapters\/history\//, [...allowed, /^history\//])).toEqual([]);
    expect(
      strangers(/^adapters\/fleet\//, [
        ...allowed,
        /^core\/(fleet-port|spec)\.ts$/,
        /^fleet\//,
        /^history\/history-line\.ts$/,
        /^journal\/fact\.ts$/,
        /^log\/(log|record)\.ts$/,
        /^@nats-io\//,
      ]),
    ).toEqual([]);
    expect(
      strangers(/^fleet\//, [
        /^fleet\//,
        /^core\/(duration|fleet-port|instance|outcome|ports|spec)\.ts$/,
        /^(error-message|is-aborted)\.ts$/,
        /^history\/history-(line|entries)\.ts$/,
        /^journal\/fact\.ts$/,
        /^log\/record\.ts$/,
      ]),
    ).toEqual([]);
    // Handlers are where metric records leave the program: they know what these look like, and what of them facts.
    expect(
      strangers(/^adapters\/metrics\//, [
        /^adapters\/(metrics\/|files\/|mkdir\.ts$)/,
        /^metrics\/(?!index)/,
        /^journal\/fact\.ts$/,
        /^node:/,
        /^pbf$/,
      ]),
    ).toEqual([]);
    // What writes the log and the facts knows what they look like.
    expect(
      strangers(/^adapters\/(log-outputs|recording-(writer|reader))\.ts$/, [...allowed, /^log\//, /^journal\//]),
    ).toEqual([]);
    const program = imports.filter(
      ({ from, to }) => /^adapters\/(?!log-outputs\.ts)/.test(from) && /^(core|items|log|config|timespans)\//.test(to),
    );
    const formats = ['core/bus-signature.ts', 'core/bigint-json.ts', 'items/common/zone.ts'];
    expect(program.filter(({ to, typeOnly }) => !typeOnly && !formats.includes(to))).toEqual([]);
  });

  test('a page is made of what renderings share; its script knows neither Node nor the program', () => {
    const shared = /^renderings\/(span-data|rendering|statistics|duration)\.ts$/;
    const names = /^journal\/span-names\.ts$/;
    const page = [/^renderings\/html\/page\//, /^renderings\/duration\.ts$/, /^terminal\/instant\.ts$/, names];
    expect(strangers(/^renderings\/html\/page\//, page)).toEqual([]);
    // Their types: what they mean is nothing for the browser.
    expect(imports.filter(({ from, to, typeOnly }) => /\/page\//.test(from) && names.test(to) && !typeOnly)).toEqual(
      [],
    );
    const maker = [names, /^renderings\/html\//, shared, /^log\/record\.ts$/, /^terminal\/instant\.ts$/];
    expect(strangers(/^renderings\/html\//, maker)).toEqual([]);
    const users = imports.filter(({ to }) => to.startsWith('renderings/html/page/'));
    // The live page shares the canvas and the helpers.
    expect(users.filter(({ from }) => !/^(renderings\/html|web\/page)\//.test(from))).toEqual([]);
    expect(users.length).toBeGreaterThan(10);
  });

  test('the live page knows neither Node nor the program: what it imports of it is types, words and durations', () => {
    const code = imports.filter(({ from, typeOnly }) => from.startsWith('web/page/') && !typeOnly);
    const allowed =
      /^(web\/(page\/|api\.ts)|renderings\/(html\/page\/|duration\.ts)|core\/duration\.ts|control\/status\.ts|preact|uplot)/;
    expect(code.filter(({ to }) => !allowed.test(to))).toEqual([]);
    expect(code.length).toBeGreaterThan(20);
  });

  test('Lua stands apart: it knows the ports, the records and what an event may hold, and Node', () => {
    const events = /^journal\/(fact|json|topic-names)\.ts$/;
    const allowed = [/^lua\//, /^core\/ports\.ts$/, /^log\/(record|strftime)\.ts$/, events, /^node:/, /^fengari/];
    expect(strangers(/^lua\//, allowed)).toEqual([]);
  });

  test('metrics import nothing but themselves, facts, names of spans, the nearest name, the look of lines and what names of runs say of the process; their door leads to the handlers too', () => {
    const look = /^log\/(timestamp|process-placeholders|one-line|pattern|time-format)\.ts$/;
    const allowed = [/^metrics\//, /^journal\/(fact|span-names)\.ts$/, /^config\/suggest\.ts$/, look];
    expect(strangers(/^metrics\/(?!index\.ts)/, allowed)).toEqual([]);
    expect(strangers(/^metrics\/index\.ts$/, [/^metrics\//, /^adapters\/metrics\//])).toEqual([]);
    expect(
      imports.filter(
        ({ from, to, typeOnly }) =>
          /^(adapters\/)?metrics\//.test(from) && /^journal\/(?!span-names)/.test(to) && !typeOnly,
      ),
    ).toEqual([]);
    expect(imports.filter(({ from, to }) => /^(adapters\/)?metrics\//.test(from) && to === 'metrics/index.ts')).toEqual(
      [],
    );
  });

  test('renderings import themselves, facts, names of spans, what prints text and the nearest name', () => {
    const allowed = [
      /^renderings\//,
      /^journal\/(fact|recording|span-names)\.ts$/,
      /^log\/(record|one-line)\.ts$/,
      /^terminal\/(instant|terminal|table|wrap)\.ts$/,
      /^config\/suggest\.ts$/,
    ];
    expect(strangers(/^renderings\/(?!formats\.ts)/, allowed)).toEqual([]);
    // The command line reads the table of formats at every start.
    expect(strangers(/^renderings\/formats\.ts$/, [/^renderings\/rendering\.ts$/])).toEqual([]);
    expect(imports.filter(({ from, typeOnly }) => from === 'renderings/formats.ts' && !typeOnly)).toEqual([]);
  });

  test('what puts a file into words knows it by types, the fields of patterns and specifications, and the library for these', () => {
    const items = imports.filter(
      ({ from, to, typeOnly }) => /^describe\//.test(from) && /^items\//.test(to) && !typeOnly,
    );
    const fields = /^items\/common\/(cron-pattern|specification|number-set|day-pattern)\.ts$/;
    expect(items.filter(({ to }) => !fields.test(to))).toEqual([]);
    const shared = [/^terminal\/instant\.ts$/, /^config\/(field|value-tables|lua-interpreter)\.ts$/, /^cronstrue$/];
    expect(
      strangers(/^describe\//, [/^describe\//, /^core\/(spec|engine-events|size)\.ts$/, /^items\/common\//, ...shared]),
    ).toEqual([]);
  });

  test('Node itself is for adapters, Lua, the composition root and what prints', () => {
    const users = new Set(imports.filter(({ to }) => to.startsWith('node:')).map(({ from }) => folderOf(from)));
    for (const folder of users)
      expect([
        ...ROOT,
        'process-events.ts',
        'adapters',
        'lua',
        'host',
        'check',
        'commands',
        'completion',
        'terminal',
        'manual',
        'mcp',
        'top',
        'web',
        'otlp',
        'tracing',
      ]).toContain(folder);
  });

  test('the launcher knows only itself, and how to make a directory: every start waits for it', () => {
    expect(strangers(/^launch\//, [/^launch\//, /^adapters\/mkdir/, /^node:(fs|module|path|vm)$/])).toEqual([]);
    expect(imports.filter(({ from, to }) => /^launch\//.test(to) && !/^launch\//.test(from))).toEqual([]);
  });

  test('nobody imports main or the library', () => {
    expect(imports.filter(({ to }) => to === 'main.ts' || to === 'library.ts')).toEqual([]);
  });

  test('what is real is put together for the program and for the library, and for nobody else', () => {
    const users = imports.filter(({ to }) => to === 'create-ports.ts').map(({ from }) => folderOf(from));
    expect([...new Set(users)].sort()).toEqual(['commands', 'daemon-core.ts', 'host', 'run-scheduler.ts']);
    // One task of a file, without a daemon.
    const commands = imports.filter(({ from, to }) => to === 'create-ports.ts' && from.startsWith('commands/'));
    expect(commands.map(({ from }) => from)).toEqual(['commands/run.ts']);
    const allowed = [/^adapters\//, /^core\/ports\.ts$/, /^tracing\/trace-propagation\.ts$/, /^node:path$/];
    expect(strangers(/^create-ports\.ts$/, allowed)).toEqual([]);
  });

  test('a daemon inside another program neither prints nor ends it: it knows no output, no input, no instance and no command line', () => {
    const forbidden =
      /^(command-line|main|run-daemon|run-scheduler|library)\.ts$|^(commands|terminal|manual|simulation)\/|^adapters\/(stdin|line-output|log-outputs|instance|control-server|sighup|control-client)\.ts$/;
    expect(imports.filter(({ from, to }) => from.startsWith('host/') && forbidden.test(to))).toEqual([]);
    expect(imports.filter(({ to }) => to.startsWith('host/')).map(({ from }) => folderOf(from))).toContain(
      'library.ts',
    );
    expect(
      imports.filter(
        ({ from, to }) => to.startsWith('host/') && !['host', 'library.ts', 'client'].includes(folderOf(from)),
      ),
    ).toEqual([]);
  });

  test('a client knows requests, answers by their types, and what it shares with a daemon; it makes no engine', () => {
    const shared = /^host\/(command-access|event-stream|history-access|options|run-results)\.ts$/;
    const ways = /^adapters\/(backoff|clock|control-client|control-errors|socket-path|history\/reader)\.ts$/;
    const known = [/^client\//, shared, ways, /^control\/request\.ts$/, /^journal\/json\.ts$/, /^log\/record\.ts$/];
    const values = imports.filter(({ from, typeOnly }) => from.startsWith('client/') && !typeOnly);
    expect(values.filter(({ to }) => ![...EVERYWHERE].includes(to) && !known.some((one) => one.test(to)))).toEqual([]);
    expect(values.length).toBeGreaterThan(10);
  });

  test('what serves assistants knows the subcommands, and nothing of the engine but the table of input commands', () => {
    const allowed = [
      ...[
        /^mcp\//,
        /^commands\//,
        /^core\/commands\.ts$/,
        /^items\/registry\.ts$/,
        /^schema\//,
        /^(redact|version)\.ts$/,
      ],
      ...[/^adapters\/(host-fs|stdin|this-program)\.ts$/, /^node:/, /^@modelcontextprotocol\//],
    ];
    expect(strangers(/^mcp\//, allowed)).toEqual([]);
  });

  test('plugins know facts, and the engine, the status and the log by their types', () => {
    const allowed = [
      /^plugins\//,
      /^journal\/(fact|journal)\.ts$/,
      /^core\/ports\.ts$/,
      /^control\/status\.ts$/,
      /^log\/record\.ts$/,
    ];
    expect(strangers(/^plugins\//, allowed)).toEqual([]);
    expect(
      imports.filter(
        ({ from, to, typeOnly }) =>
          from.startsWith('plugins/') && /^(journal|core|control|log)\//.test(to) && !typeOnly,
      ),
    ).toEqual([]);
  });

  test('the library only hands on what it has from elsewhere', () => {
    const library = readFileSync(join(SRC, 'library.ts'), 'utf8');
    expect(library).not.toMatch(/export \*|^(const|let|class|function)\b/m);
    expect(
      strangers(/^library\.ts$/, [
        /^(host|client|plugins|timespans|metrics|renderings)\//,
        /^(journal|log|core|config|control|history)\//,
        /^(version|subscription)\.ts$/,
      ]),
    ).toEqual([]);
  });

  test('the engine is not reached into from below: only the root, simulations, manuals and those who answer questions import the scheduler and the list of kinds', () => {
    const users = imports.filter(({ to }) => to === 'core/scheduler.ts' || to === 'items/registry.ts');
    for (const { from } of users)
      expect([
        'main.ts',
        'process-events.ts',
        'load-configuration.ts',
        'engine.ts',
        'projections',
        'daemon-core.ts',
        'daemon-plugins.ts',
        'host',
        'simulation',
        'check',
        'commands',
        'control',
        'manual',
        'web',
        'mcp',
      ]).toContain(folderOf(from));
    expect(users.length).toBeGreaterThan(1);
  });
});

test('each package is imported by one file or folder', () => {
  const users = new Map<string, Set<string>>();
  for (const { from, to, outside } of imports) {
    if (!outside || to.startsWith('node:')) continue;
    const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : to.split('/')[0]!;
    const place = /^(lua|adapters\/[^/]+|config|items|mcp|simulation|log|otlp|web\/page|web)\//.exec(from)?.[1] ?? from;
    users.set(name, (users.get(name) ?? new Set()).add(place));
  }
  // The language of the fields, the parser of what is like a configuration file, and what reads and writes calendars.
  const shared: Readonly<Record<string, readonly string[]>> = {
    valibot: ['config', 'items', 'simulation'],
    'smol-toml': ['config', 'simulation'],
    re2js: ['config', 'items'],
    'ical.js': ['items', 'forecast/icalendar.ts'],
  };
  for (const [name, places] of users)
    expect(
      [...places].filter((place) => !(shared[name] ?? [[...places][0]]).includes(place)),
      name,
    ).toEqual([]);
  expect([...users.keys()]).toEqual(expect.arrayContaining(['smol-toml', 'commander', 'chalk', 'valibot', 'fengari']));
});
