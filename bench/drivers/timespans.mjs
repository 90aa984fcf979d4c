// timespans five|nine|window|whole|nobody|mark COUNT: tells COUNT events, in spans that overlap, and says how long it took.
import {
  BytesAllocd,
  CoreMetrics,
  disableLogging,
  EnvelopeMetrics,
  EventSaturation,
  fetchLogs,
  IDMetrics,
  LocalEventLog,
  LogWindow,
  MultiEventLog,
  ProcessorSaturation,
  TaskNames,
  TimelineMetrics,
  timespanFinish,
  timespanStart,
  timespans,
  WorkerSaturation,
} from '../../src/timespans/index.ts';

const [what, count] = [process.argv[2], Number(process.argv[3])];
/** Spans that are open at once, and events between two fetches. */
const [OPEN, BATCH] = [8, 1000];

const five = () =>
  new MultiEventLog({
    consumers: {
      core: CoreMetrics(),
      id: IDMetrics(),
      timeline: TimelineMetrics(),
      esat: EventSaturation(),
      wsat: WorkerSaturation(),
    },
  });

/** Events as the daemon tells them, made before: what is timed is the log. */
const events = () => {
  const log = new LocalEventLog();
  timespans.sink = log;
  tell(20_000);
  disableLogging();
  return log.fetch({ raw: true });
};

const belongs = { item: 'task/Backup', run: 'run-1', cause: 'tick-1' };
const tell = (n) => {
  for (let i = 0; i < n / 2; i++) {
    timespanStart(
      'task',
      () => `task-${i}`,
      () => ({ task: 'Backup', condition: 'Nightly' }),
      belongs,
    );
    if (i >= OPEN)
      timespanFinish(
        'task',
        () => `task-${i - OPEN}`,
        () => ({ outcome: 'success' }),
        belongs,
      );
    if (i % (BATCH / 2) === 0) fetchLogs();
  }
};

const writing = (log) => {
  const all = events();
  return (n) => {
    for (let i = 0; i < n; i++) {
      log.write(all[i % all.length]);
      if (i % BATCH === 0) log.fetch();
    }
  };
};

const marking = (n) => {
  for (let i = 0; i < n / 2; i++) {
    performance.mark('start');
    performance.mark('finish');
    if (i % (BATCH / 2) === 0) performance.clearMarks();
  }
};

const nine = () =>
  five()
    .set('psat', ProcessorSaturation())
    .set('bytes', BytesAllocd())
    .set('n', TaskNames())
    .set('e', EnvelopeMetrics());

/** Rows that a window keeps. */
const WINDOW = 100_000;
const windowed = (n) => {
  const log = five();
  log.setAggregator('window', new LogWindow(WINDOW).aggregate);
  const [event] = events();
  for (let i = 0; i < n; i++) log.write({ ...event, id: i, edge: 'instant', timestamp: i });
};

const runs = {
  five: () => writing(five()),
  nine: () => writing(nine()),
  whole: () => {
    timespans.sink = five();
    return tell;
  },
  nobody: () => tell,
  window: () => windowed,
  mark: () => marking,
};

const run = runs[what]();
run(100_000);
const began = performance.now();
run(count);
console.error(JSON.stringify({ microseconds: ((performance.now() - began) * 1000) / count }));
