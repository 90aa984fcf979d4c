import { everyZone } from './every-zone.ts';

everyZone(40, 1915, 2037, 10_000);
everyZone(20, 2024, 2027, 3000);
