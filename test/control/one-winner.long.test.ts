// The same with ten times as many rounds.
import './one-winner.test.ts';
