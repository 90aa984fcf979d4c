// A program in modules: what came of it goes to the file that is named, so that whatever else is said can be seen.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as library from 'whenever';

const { createDaemon, enableLogging, fetchLogs, Handler, metricLogger, showLogs } = library;

class Keeper extends Handler {
  seen = [];
  emit({ message }) {
    this.seen.push(message);
  }
}
const keeper = new Keeper();
metricLogger.addHandler(keeper);
metricLogger.setLevel('info');
enableLogging({ timeline: true, metrics: true, gcStats: true, eventLoopDelay: true });

const config = `
[[task]]
name = "Hello"
type = "command"
startup_path = "/"
command = "sh"
command_arguments = ["-c", "echo out; echo err >&2"]

[[task]]
name = "Script"
type = "lua"
script = 'print(os.getenv("GIVEN")); print(os.getenv("MISSING")); metrics.log{ own = 1 }; done = true'
expected_results = { done = true }

[[condition]]
name = "Both"
type = "interval"
interval_seconds = 0
tasks = ["Hello", "Script"]

[[condition]]
name = "Never"
type = "time"
time_specifications = [{ year = 2100 }]
tasks = ["Hello"]

[[condition]]
name = "File"
type = "event"
tasks = []

[[event]]
name = "Change"
type = "fschange"
watch = ["."]
condition = "File"
`;

const daemon = await createDaemon(config, {
  tickSeconds: 0.1,
  environment: { GIVEN: 'yes', MISSING: undefined, PATH: process.env.PATH },
});
const finished = new Promise((resolve) => {
  daemon.subscribe(
    (fact) => fact.kind === 'transition' && fact.key === 'condition/Both' && fact.finish === 'finished' && resolve(),
  );
});
const ending = daemon.run();
await finished;
await daemon.stop();
const refused = await createDaemon('[[task]]\nname = "A"\ntype = "comand"\n', { file: 'my.toml' }).catch(
  (error) => error,
);
const result = {
  ending: await ending,
  names: Object.keys(library),
  shared: createRequire(import.meta.url)('whenever').metricLogger === metricLogger,
  summary: showLogs(fetchLogs()),
  metrics: keeper.seen,
  lines: daemon.records().flatMap(({ context, message }) => (context.action === 'exec_lua' ? [message] : [])),
  refused: [refused instanceof library.ConfigError, refused.message],
  listeners: process.eventNames().filter((name) => /^SIG|Exception|Rejection/.test(String(name))),
};
writeFileSync(process.argv[2], JSON.stringify(result));
