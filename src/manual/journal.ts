import { LONGEST_REQUEST, REQUESTS } from '../control/request.ts';
import { CAUSES } from '../journal/fact.ts';
import { TOPIC_LENGTH } from '../journal/topics.ts';
import type { Page } from './roff.ts';
import { describeStates } from './states.ts';

/** What the built-in topics hold. */
const TOPICS: Readonly<Record<string, string>> = {
  all: 'Every event.',
  scheduler: 'Its start and end, input commands with what came of them, reloads, signals.',
  'condition/NAME, task/NAME, event/NAME': 'Each change of state of an item, and what its scripts and commands tell.',
  lua: 'What scripts tell with `events.log`.',
  errors: 'Each ERROR record, also one that is not written anywhere.',
};

/** What the commands that ask are about: causes, stories, topics. One section of whenever(1). */
export const describeJournal = (page: Page): void => {
  page
    .section('causes, stories, topics')
    .text(
      `Whatever happens has a *cause*: one id for each ${CAUSES.slice(0, -1).join(', ')} and ${CAUSES.at(-1)}, such as \`tick-17\` or \`command-3\`. It goes from the tick through the check, the run (\`run-5\`), the task and its process to the lines of its script. \`whenever story\` finds what came of it.`,
    )
    .text(
      'Each item has a state. A change of state is told with its reason; the same again is counted and not repeated. The last 1000 changes of all items are kept (`--story-length`), and the last 16 of each item in any case. Of what is counted the first and the last cause are kept; a recording has them all. What is known of an item that a reload has removed is kept for an hour.',
    );
  describeStates(page);
  page
    .subsection('Topics')
    .text(
      `Events are told under topics. The last ${TOPIC_LENGTH} of each are kept, whether somebody listens or not. These are always there:`,
    );
  for (const [topic, meaning] of Object.entries(TOPICS)) page.item(topic, meaning);
  page.text(
    'Scripts tell events of their own with `events.log`, see `whenever.toml`(5). Commands write lines of JSON to the file descriptor whose number is in WHENEVER_EVENTS_FD:',
  );
  page.code(`echo '{"topic": "disk", "value": {"free": 12}}' >&$WHENEVER_EVENTS_FD`);
  page.text(
    '*topic* is a name or a list of names, *value* anything up to 64 KiB. The event is also told under the topic of the item. A line that is no such object is one WARN record that says why, of many the first five; it changes nothing about the outcome.',
  );
};

/** One section of whenever(1). */
export const describeRecordings = (page: Page): void => {
  page
    .section('recordings')
    .text(
      '`--journal` *FILE* writes everything that happens: log records at every level that is wanted somewhere, changes of state, events, timespans and metric records, as lines of JSON, each with a number that counts without a gap, the wall clock and the monotonic one, the item, the run and the cause. Log records of one millisecond share a line, and what is said again is only counted in it: read them with the commands below. The first line tells the version and the process. After 16 MiB a new file is begun; the older ones are *FILE*`.1` to *FILE*`.4`, and a file of an earlier start is moved away in the same manner. They are for their owner only. When a new file cannot be begun, the one before goes on and it is tried again; what cannot be written is kept, up to 64 MiB. What is lost is counted in a record of the log.',
    )
    .text(
      'The commands that ask read a recording with `--from`, from standard input if the file is `-`: the answers are as of its end. A recording that was cut off in the middle of a line, by a crash or because the scheduler is still writing, is read to its last whole fact. A plain log written with `--log-level trace --log-json`, of this program or of whenever 1, is read as far as it goes: records, the runs of tasks and their conditions, checks that were negative, and conditions that are left out. `whenever verify` proves a recording.',
    );
};

/** One section of whenever(1). */
export const describeSocket = (page: Page): void => {
  page
    .section('control socket')
    .text(
      `The socket of the running instance answers questions. Only the user who started it can connect. A request is one JSON object on one line of at most ${LONGEST_REQUEST} bytes, with the key *request* and the fields below; requests of one connection are answered in order. An answer is any number of lines \`{"part": …}\` and then one line \`{"done": …}\`, or \`{"error": "…"}\`. After a line that is no request, and the answers to those before it, the connection is closed. One who closes its side gets all answers; what it follows ends. What is followed may be quiet for long: a space, which JSON allows, comes at once in front of its first line. Instants are milliseconds since 1970. A reader that is too slow for what it follows gets \`{"part": {"dropped": 12}}\` in the place of what is missing.`,
    );
  for (const [name, { help, fields }] of Object.entries(REQUESTS)) {
    const described = Object.entries(fields).map(
      ([key, { type, help: about, ...rest }]) =>
        `*${key}* (${type}${'required' in rest ? ', required' : ''}): ${about}.`,
    );
    page.item(name, [help, ...described].join(' '));
  }
  page.code(`echo '{"request": "status"}' | nc -NU $XDG_RUNTIME_DIR/whenever.sock`);
};
