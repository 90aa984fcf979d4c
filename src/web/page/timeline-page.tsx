import type { PageProps } from './pages.tsx';

export const TimelinePage = (_: PageProps) => <h1>Timeline</h1>;
