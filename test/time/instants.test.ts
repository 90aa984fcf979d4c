import { everyZone } from './every-zone.ts';

everyZone(1, 2024, 2027);
