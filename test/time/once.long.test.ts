import { onceProperty } from './once.ts';

onceProperty(3000);
