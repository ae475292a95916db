import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**', 'node_modules/**'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Native libraries (ONNX Runtime, libvips) keep threads of their own: one process per test file, two at a time.
    pool: 'forks',
    maxWorkers: 2,
  },
});
