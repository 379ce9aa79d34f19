import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
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

/** Writes the client's files compressed beside themselves, once, so that serving them costs nothing. */
const precompressed = (): Plugin => ({
  name: 'precompressed',
  apply: (_config, env) => env.command === 'build' && !env.isSsrBuild,
  writeBundle: ({ dir = '' }, bundle) => {
    for (const name of Object.keys(bundle)) {
      if (!/\.(js|css|svg|json)$/.test(name)) continue
      const file = join(dir, name)
      writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file)))
    }
  },
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
      },
    }),
    serverEntry('./app/server.ts'),
    precompressed(),
  ],
  // Named rather than found: looking for them would follow loaders into packages that no browser ever gets.
  optimizeDeps: {
    noDiscovery: true,
    include: [
      'class-variance-authority',
      'frimousse',
      'i18next',
      'lucide-react',
      'radix-ui',
      'react-dom/client',
      'react-i18next',
      'tailwind-merge',
      '@tanstack/react-virtual',
    ],
  },
  server: { watch: { ignored: ['**/.data/**', '**/build/**', '**/tests/**', '**/bench/**'] } },
  build: { target: 'es2022', assetsInlineLimit: 0 },
})
