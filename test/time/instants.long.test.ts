import { everyZone } from './every-zone.ts';

everyZone(20, 1915, 2037);
everyZone(5, 2024, 2027);
