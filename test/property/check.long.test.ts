// The same property, tried twenty times as often.
import './check.test.ts';
