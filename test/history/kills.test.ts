import { killsProperty } from './kills.ts';

killsProperty(30, 600, 2000);
