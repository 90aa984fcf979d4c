import { render } from 'preact';
import { App } from './app.tsx';
import { openLive } from './connection.ts';

render(<App />, document.body);
openLive();
