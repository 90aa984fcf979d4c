// peer KIND COUNT: a program that has as many jobs by cron patterns, none of them due for hours; says "ready" when they are set.
// It is copied beside the packages of the peers.
import { pattern } from './pattern.mjs';

const [kind, count] = [process.argv[2], Number(process.argv[3])];
const nothing = () => {};

const MAKERS = {
  croner: async () => {
    const { Cron } = await import('croner');
    return (text) => new Cron(text, nothing);
  },
  'node-cron': async () => {
    const { default: cron } = await import('node-cron');
    return (text) => cron.schedule(text, nothing);
  },
  cron: async () => {
    const { CronJob } = await import('cron');
    return (text) => new CronJob(text, nothing, null, true);
  },
  'node-schedule': async () => {
    const { default: schedule } = await import('node-schedule');
    return (text) => schedule.scheduleJob(text, nothing);
  },
};

const make = await MAKERS[kind]();
const jobs = Array.from({ length: count }, (_, i) => make(pattern(i)));
console.log(`ready ${jobs.length}`);
setInterval(nothing, 1e9);
