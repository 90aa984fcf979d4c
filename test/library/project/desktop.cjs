// A daemon that holds connections to a bus and to an X server, watches files and has a script: nothing of it may outlive the daemon.
const { createDaemon } = require(process.argv[2]);

const config = `
[[task]]
name = "Nothing"
type = "lua"
script = "ok = true"
expected_results = { ok = true }

[[condition]]
name = "Away"
type = "idle"
idle_seconds = 3600
tasks = ["Nothing"]

[[condition]]
name = "There"
type = "dbus"
bus = ":session"
service = "org.freedesktop.DBus"
object_path = "/org/freedesktop/DBus"
interface = "org.freedesktop.DBus"
method = "NameHasOwner"
parameter_call = ["org.freedesktop.DBus"]
parameter_check = [{ index = 0, operator = "eq", value = true }]
tasks = ["Nothing"]

[[condition]]
name = "Told"
type = "event"
tasks = ["Nothing"]

[[event]]
name = "File"
type = "fschange"
watch = ["."]
condition = "Told"

[[event]]
name = "Signal"
type = "dbus"
bus = ":session"
rule = "type='signal',member='NameOwnerChanged'"
condition = "Told"
`;

/** What a fact shows to work; undefined: nothing that is waited for. */
const shownBy = ({ kind, key, finish, why }) => {
  if (kind !== 'transition') return;
  if (key === 'condition/There' && finish === 'finished') return 'bus';
  if (key === 'condition/Away' && /idle|input/.test(why)) return 'idle';
  if (key.startsWith('event/') && finish === 'listening') return key;
};

const main = async () => {
  const daemon = await createDaemon(config, { tickSeconds: 0.1, level: 'trace' });
  const seen = new Set();
  const all = new Promise((resolve) => {
    daemon.subscribe((fact) => {
      const shown = shownBy(fact);
      if (shown !== undefined) seen.add(shown);
      if (seen.size === 4) resolve();
    });
  });
  const ending = daemon.run();
  await all;
  const held = process.getActiveResourcesInfo().filter((name) => /Pipe|TCP|FS/.test(name)).length;
  await daemon.stop();
  console.log(await ending, held > 2, [...seen].sort().join(' '));
  for (const { message, level } of daemon.records({ level: 'warn' })) if (level !== 'warn') console.log(message);
};
void main();
