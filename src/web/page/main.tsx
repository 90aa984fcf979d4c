import { render } from 'preact';

render(<h1>whenever</h1>, document.body);
