import { vitePlugin as remix } from '@remix-run/dev'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig, type Plugin } from 'vite'

declare module '@remix-run/node' {
  interface Future {
    v3_singleFetch: true
  }
}

/**
 * Makes our own server the entry of the server bundle, so that pages, sign-in, files and the event stream share one copy of
 * every module. Remix sets the input itself; a plugin after it has the last word.
 */
const serverEntry = (input: string): Plugin => ({
  name: 'server-entry',
  config: (_config, env) => (env.command === 'build' && env.isSsrBuild ? { build: { rollupOptions: { input } } } : undefined),
})

export default defineConfig({
  plugins: [
    tailwindcss(),
    remix({
      appDirectory: 'app',
      ignoredRouteFiles: ['**/*.test.{ts,tsx}'],
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_routeConfig: true,
        v3_singleFetch: true,
        v3_lazyRouteDiscovery: true,
        unstable_optimizeDeps: true,
      },
    }),
    serverEntry('./app/server.ts'),
  ],
  build: { target: 'es2022', assetsInlineLimit: 0 },
})
