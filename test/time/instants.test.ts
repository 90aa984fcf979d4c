import { everyZone } from './every-zone.ts';

everyZone(4, 2026, 2026, 600);
