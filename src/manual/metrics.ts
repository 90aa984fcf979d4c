import { BACKENDS, type Backend } from '../metrics/backends.ts';
import { familiesOf } from '../metrics/families.ts';
import { PLACEHOLDERS } from '../metrics/run-name.ts';
import { Totals } from '../metrics/totals.ts';
import type { Page } from './roff.ts';

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** What of a back end is not in its table. */
const MORE: Readonly<Record<Backend['name'], string>> = {
  async:
    'A file that is there is appended to. Each line is an object: the names of the data put together as `a/b`, then *step*, *item*, *run* and *cause* where there are such, and *timestamp*. What is no number is null. A configuration has `"hparams": true`.',
  tensorboard:
    'Numbers, and texts that read as numbers, are scalars; other texts are texts; anything else is left out. The configuration is at the hparams plugin, and as the text *hparams*. Look at them with `tensorboard --logdir` *DIR*.',
  wandb:
    'The package reads WANDB_API_KEY and WANDB_BASE_URL. It works on a thread of its own; what it cannot send is lost with a WARN record.',
  prometheus:
    'The file is written as a whole every 15 seconds and at the end. Each number that a script tells is `whenever_metric`, with its name and item as labels.',
};

/** Where files are, when no name is given. */
const place = ({ file, ending, name }: Backend): string =>
  name === 'wandb' ? `the run is called \`${file}\`` : `\`${file}${ending}\`${ending === '/' ? ', a directory' : ''}`;

/** The families there are, without anything counted. */
const families = () =>
  familiesOf(new Totals(), {
    ...{ vitals: { eventLoopDelayMs: 0, rssBytes: 0, heapBytes: 0, cpuSeconds: 0 }, now: 0 },
    ...{ version: '', node: '', started: 0, ending: false },
  });

/** What is measured, and where it goes: one section of whenever(1). */
export const describeMetrics = (page: Page): void => {
  page
    .section('metrics')
    .text(
      'With `--metrics` the scheduler measures itself. After each run of a task one record tells, under `task/`*NAME*`/`, its *seconds*, *outcome*, *runs*, *retries* and *last_success* (seconds since 1970), with the number of the run as its step. After each run of a condition, and each check of it that had no outcome or could not be done, one tells the like under `condition/`*NAME*`/`, with *checks*, and the number of the check as its step. After a tick, but at most every 5 seconds or so, one tells *ticks*, *late_ms* (of the latest tick since), *busy* conditions, *event_loop_delay_ms*, *rss_bytes* and *heap_bytes* under `scheduler/`. The configuration is told once at the start and after each reload. Lua scripts tell what they like with `metrics.log`.',
    )
    .text(
      'Nothing ever waits for metrics. What goes wrong with them after the start is a WARN record. Of several processes that share a directory (RANK in the environment is not 0) the first one alone writes, but for files of lines whose name has {rank}.',
    )
    .subsection('Back ends');
  for (const backend of BACKENDS) {
    const needs = backend.needs === undefined ? '' : ` Needs the package \`${backend.needs}\` beside whenever.`;
    page.item(
      backend.name,
      `${sentence(backend.doc)} Without \`--run-name\`: ${place(backend)}.${needs}`,
      MORE[backend.name],
    );
  }
  page
    .subsection('Run names')
    .text(
      'These are replaced in the name given with `--run-name`; what no system takes in the name of a file becomes - or _.',
    );
  for (const { name, doc } of PLACEHOLDERS) page.plainItem(`{${name}}`, sentence(doc));
  page
    .subsection('Families for Prometheus')
    .text(
      '`GET /metrics` and the text file hold these. Every item of the configuration is there from the start. `GET /health` says ok. Only programs on this machine are answered.',
    );
  for (const { name, type, help } of families())
    page.plainItem(name, `${type[0]?.toUpperCase()}${type.slice(1)}. ${help}`);
  page.text('What most people want to be told: a task that has not succeeded for a day, or since the start.').code(`
time() - (whenever_last_success_timestamp_seconds{task="Backup"} > 0
          or on() whenever_start_time_seconds) > 86400`);
};
