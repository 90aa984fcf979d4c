import type { PageProps } from './pages.tsx';

export const LogPage = (_: PageProps) => <h1>Log</h1>;
