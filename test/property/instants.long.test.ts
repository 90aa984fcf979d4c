// The same properties, tried twenty times as often.
import './instants-rome.test.ts';
