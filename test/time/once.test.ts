import { onceProperty } from './once.ts';

onceProperty(60);
