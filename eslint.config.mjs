import { builtinModules } from 'node:module';
import boundaries from 'eslint-plugin-boundaries';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Folders of the house, innermost first: a file belongs to the first that holds it. */
const elements = [
  { type: 'experiment', pattern: 'src/engine/experiment' },
  { type: 'data', pattern: 'src/engine/data' },
  { type: 'report', pattern: 'src/engine/report' },
  { type: 'compile', pattern: 'src/engine/compile' },
  { type: 'maps', pattern: 'src/engine/insight/maps' },
  { type: 'inspector-protocol', pattern: 'src/engine/insight/protocol' },
  { type: 'engine', pattern: 'src/engine' },
  { type: 'runs', pattern: 'src/runs' },
  { type: 'extension', pattern: 'src/extension' },
  { type: 'protocol', pattern: 'src/webview/protocol' },
  { type: 'webview', pattern: 'src/webview' },
];

const engine = ['engine', 'experiment', 'data', 'report', 'compile'];
const tensorflow = ['@tensorflow/*', '@tensorflow/*/**'];
const onnx = ['onnxruntime-node', 'onnxruntime-node/**'];
const sharp = ['sharp', 'sharp/**'];
const node = ['node:*', 'node:*/**', ...builtinModules];

const from = (...types) => ({ element: { types: { anyOf: types } } });
const project = (...types) => ({ to: from(...types) });
const packages = (...sources) => ({ to: { module: { source: sources } } });

/**
 * The walls of the house. Everything is forbidden that no line here allows; of two lines that match, the later one wins.
 * The extension host must never load a native library, so `runs` and `experiment`, which it shares with the engine,
 * stay free of them too. `maps` and `inspector-protocol` are shared with the panels: they know no package and no Node.
 */
const policies = [
  { from: from(...engine, 'runs'), allow: { to: { module: { origin: ['external', 'core'] } } } },
  { from: from(...engine), allow: project(...engine, 'runs', 'maps', 'inspector-protocol') },
  { from: from('experiment'), disallow: project('engine', 'data', 'report', 'compile', 'maps', 'inspector-protocol') },
  { from: from('maps'), allow: project('maps', 'experiment') },
  { from: from('inspector-protocol'), allow: project('inspector-protocol') },
  { from: from('runs'), allow: project('runs') },
  {
    from: from('extension'),
    allow: project('extension', 'runs', 'experiment', 'protocol', 'maps', 'inspector-protocol'),
  },
  { from: from('extension'), allow: packages('vscode', ...node) },
  { from: from('protocol'), allow: project('protocol', 'maps', 'inspector-protocol') },
  { from: from('webview'), allow: project('webview', 'protocol', 'maps') },
  { from: from('webview'), allow: { to: { module: { origin: 'external' } } } },

  { from: from(...engine, 'runs', 'webview'), disallow: packages('vscode') },
  { from: from('webview'), disallow: packages(...tensorflow, ...onnx, ...sharp, ...node) },
  { from: from('runs', 'experiment'), disallow: packages(...tensorflow, ...onnx, ...sharp) },
  { from: from('engine', 'data', 'report'), disallow: packages(...onnx) },
  { from: from('engine', 'compile'), disallow: packages(...sharp) },
];

const domGlobals = ['window', 'document', 'navigator', 'localStorage', 'HTMLElement', 'acquireVsCodeApi'];

export default defineConfig(
  globalIgnores(['dist', 'node_modules', 'coverage', 'test-results', 'losscape-demo', '.cache', 'test/fixtures']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      eqeqeq: 'error',
      'prefer-const': 'error',
      'no-empty': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': elements,
      'import/resolver': { node: { extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'] } },
    },
    rules: { 'boundaries/dependencies': ['error', { default: 'disallow', checkAllOrigins: true, policies }] },
  },
  {
    files: ['src/engine/**/*.ts', 'src/runs/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...domGlobals] },
  },
  {
    // Tests read fixtures whose shape the assertions themselves check.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
