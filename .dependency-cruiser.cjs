// The import rules of docs/architecture.md: imports point one way, and a machine checks it.
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'module-only-through-index',
      comment: 'Another module is reached through its index.ts; platform has none, import the file you mean.',
      severity: 'error',
      from: { path: '^modules/([^/]+)/' },
      to: { path: '^modules/([^/]+)/', pathNot: ['^modules/$1/', '^modules/platform/', '^modules/[^/]+/index[.]ts$'] },
    },
    {
      name: 'edges-only-through-index',
      severity: 'error',
      from: { path: '^(app|workers|channels|sandbox|bench|scripts)/' },
      to: { path: '^modules/(?!platform/)[^/]+/', pathNot: ['^modules/[^/]+/index[.]ts$', '^modules/[^/]+/types[.]ts$'] },
    },
    {
      name: 'modules-know-no-edges',
      comment: 'Modules see the types in channels/connector.ts and nothing else outside modules/.',
      severity: 'error',
      from: { path: '^modules/', pathNot: '[.]test[.]tsx?$' },
      to: { path: '^(app|workers|channels|sandbox|k8s)/', pathNot: '^channels/connector[.]ts$' },
    },
    {
      name: 'platform-knows-nobody',
      severity: 'error',
      from: { path: '^modules/platform/', pathNot: '[.]test[.]ts$' },
      to: { path: '^(app|workers|channels|sandbox|modules/(?!platform/))' },
    },
    {
      name: 'channels-see-contract-and-platform',
      severity: 'error',
      from: { path: '^channels/([^/]+)/', pathNot: '[.]test[.]ts$' },
      to: {
        path: '^(app|workers|sandbox|channels|modules)/',
        pathNot: ['^channels/$1/', '^channels/connector[.]ts$', '^modules/platform/'],
      },
    },
    {
      name: 'sandbox-knows-no-connector',
      severity: 'error',
      from: { path: '^sandbox/', pathNot: '[.]test[.]ts$' },
      to: { path: '^(channels|app|workers|modules/(?!platform/))' },
    },
    {
      name: 'kafkajs-in-its-adapter',
      severity: 'error',
      from: { pathNot: ['^modules/platform/bus/kafka', '^tests/', '^scripts/', '^bench/'] },
      to: { path: 'node_modules/kafkajs' },
    },
    {
      name: 'remix-in-app',
      severity: 'error',
      from: { pathNot: ['^app/', '^vite[.]config[.]ts$'] },
      to: { path: 'node_modules/@remix-run' },
    },
    {
      name: 'no-orphan-tests-in-product',
      severity: 'error',
      from: { path: '^(app|modules|channels|workers|sandbox)/', pathNot: '[.]test[.]tsx?$' },
      to: { path: '[.]test[.]tsx?$|^tests/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)generated/|^build/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['import', 'require', 'node', 'default'], exportsFields: ['exports'] },
  },
}
