// The same properties, tried twenty times as often.
import './condition-window.test.ts';
