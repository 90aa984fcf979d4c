import type { PageProps } from './pages.tsx';

export const FilePage = (_: PageProps) => <h1>File</h1>;
