import { killsProperty } from './kills.ts';

killsProperty(1500, 600, 1_000_000);
