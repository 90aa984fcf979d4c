import { killsProperty } from './kills.ts';

killsProperty(1500, 4000, 1_000_000);
