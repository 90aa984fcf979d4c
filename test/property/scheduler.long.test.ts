// The same properties, tried twenty times as often.
import './scheduler.test.ts';
