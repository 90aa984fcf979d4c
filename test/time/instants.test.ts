import { everyZone } from './every-zone.ts';

everyZone(2, 2026, 2026, 400);
