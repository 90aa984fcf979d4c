// The same with all effects.
import './again.test.ts';
