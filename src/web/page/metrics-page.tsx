import type { PageProps } from './pages.tsx';

export const MetricsPage = (_: PageProps) => <h1>Metrics</h1>;
