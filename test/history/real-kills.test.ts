import { realKills } from './real-kills.ts';

realKills(10, 0, { instants: 5, claims: 3, starts: 3 });
