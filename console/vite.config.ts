import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev:console` sends what is not the console's: a service that runs on its usual port. */
const SERVICE = process.env['AEGIS_SIEM_URL'] ?? 'http://127.0.0.1:8600';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: join(import.meta.dirname, '..', 'dist', 'console'),
    emptyOutDir: true,
    target: 'es2023',
    // The policy allows `data:` for images only; every other asset is a file of its own.
    assetsInlineLimit: 0,
    // Every browser that runs this code preloads modules by itself.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/v1': SERVICE, '/openapi.json': SERVICE, '/docs': SERVICE } },
});
