import { realKills } from './real-kills.ts';

realKills(200, 2, {
  ...{
    instants: 800,
    claims: 400,
    starts: 400,
    interrupted: 20,
    withoutStart: 1,
    missed: 20,
    caughtUp: 3,
    reruns: 5,
    silent: 10,
  },
});
