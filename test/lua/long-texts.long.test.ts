// The same with all calls.
import './long-texts.test.ts';
