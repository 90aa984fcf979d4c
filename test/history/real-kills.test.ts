import { realKills } from './real-kills.ts';

realKills(10, 0, { instants: 20, claims: 10, starts: 10 });
