// The same properties, tried twenty times as often.
import './config.test.ts';
