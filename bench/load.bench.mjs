// A file with ten thousand conditions: from the start of the program to the answer to a command.
import { alternate, amountRow, configuration, countedPipe, daemon, driver, memory, runDriver } from './support.mjs';

/** `resume` is answered with a warning as soon as the scheduler stands. */
const answered = async (file, level) => {
  const pipe = level === 'trace' ? countedPipe() : undefined;
  const began = performance.now();
  const one = daemon([file, '-J', '-L', level], pipe ? { stdout: pipe.fd } : {});
  pipe?.close();
  one.say(pipe ? 'exit' : 'resume');
  if (pipe) await one.ended;
  else await new Promise((resolve) => one.child.stdout.once('data', resolve));
  const took = performance.now() - began;
  const found = pipe ? undefined : memory(one.pid);
  if (!pipe) await one.stop();
  if (pipe && (await pipe.lines) < 30_000) throw new Error('records of the start are missing');
  return { took, found };
};

/** Its memory when all have begun. */
const hundredThousand = async () => {
  const { found } = await answered(configuration({ conditions: 100_000, tick: 1 }), 'warn');
  return amountRow({
    figure: 'resident memory, 100,000 conditions',
    unit: 'MiB',
    ours: [found.resident],
    atMost: 250,
  });
};

export default async ({ quick }) => {
  const file = configuration({ conditions: 10_000, tick: 1 });
  const parser = await driver('parse');
  const samples = await alternate(quick ? 2 : 9, {
    parse: async () => {
      const began = performance.now();
      const { residentMiB } = await runDriver(parser, [file]);
      return { took: performance.now() - began, residentMiB };
    },
    warn: () => answered(file, 'warn'),
    trace: () => answered(file, 'trace'),
  });
  const took = (list) => list.map((sample) => sample.took);
  const peer = { peerName: 'node that only parses the file (smol-toml)' };
  return [
    amountRow({
      figure: 'load of 10,000 conditions: start to the answer to a command',
      unit: 'ms',
      ours: took(samples.warn),
      ...peer,
      peer: took(samples.parse),
      atMost: 1500,
    }),
    amountRow({
      figure: 'the same at trace, with an exit: start to end',
      unit: 'ms',
      ours: took(samples.trace),
      ...peer,
      peer: took(samples.parse),
      atMost: 1500,
    }),
    amountRow({
      figure: 'greatest resident memory of that load',
      unit: 'MiB',
      ours: samples.warn.map((sample) => sample.found.peak),
      ...peer,
      peer: samples.parse.map((sample) => sample.residentMiB),
      atMost: 85,
    }),
    ...(quick ? [] : [await hundredThousand()]),
  ];
};
