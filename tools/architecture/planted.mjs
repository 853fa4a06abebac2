import { projectOf } from './workspace.mjs'

const sources = (given = {}) => Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('src/')))

const project = (folder, name, type, declares, given = {}, sound = {}) => projectOf(
  folder, { name, nx: { tags: given.tags ?? [`type:${type}`] }, dependencies: Object.fromEntries(declares.map((one) => [one, '*'])) }, { ...sound, ...sources(given) },
)

/** A small sound workspace with `fault` put in: sources or tags for the library (libs), an app (shop) or another app (other). */
export const planted = (fault) => ({
  tools: new Set(['fast-check']),
  projects: [
    project('libs/paper', '@planted/paper', 'platform', ['@planted/shop'], fault.libs, { 'src/index.ts': 'export const x = 1' }),
    project('libs/testing', '@planted/testing', 'testing', [], {}, { 'src/index.ts': 'import \'node:fs\'' }),
    project('apps/shop', '@planted/shop', 'app', ['@planted/paper', 'zod'], fault.shop, {
      'src/index.ts': 'import { z } from \'zod\'\nimport { x } from \'@planted/paper\'',
      'src/source.ts': 'import { OrderEntity } from \'./orders/order.entity.js\'',
      'src/orders/order.entity.ts': 'export const OrderEntity = 1',
      'src/orders/orders.service.ts': 'import { OrderEntity } from \'./order.entity.js\'',
      'src/goods/goods.service.ts': 'import type { Order } from \'../orders/order.entity.js\'\nimport \'../orders/orders.service.js\'',
      'src/goods/goods.service.spec.ts': 'import \'fast-check\'\nimport \'@planted/testing\'',
    }),
    project('apps/other', '@planted/other', 'app', ['@planted/shop'], fault.other, { 'src/index.ts': '' }),
  ],
})
