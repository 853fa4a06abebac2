import 'reflect-metadata'
import path from 'node:path'
import { rawMountsOf } from './imports.mjs'

const isClass = (value) => typeof value === 'function' && Reflect.hasMetadata('__controller__', value)
const methodsOf = (controller) => Object.getOwnPropertyNames(controller.prototype).filter((name) => name !== 'constructor')

/** The handlers of a controller as Nest will see them: a route with its operation, or a listener to a message. */
export const handlersOf = (controller, operationKey) => methodsOf(controller).flatMap((name) => {
  const handler = controller.prototype[name]
  if (!Reflect.hasMetadata('path', handler)) return []
  return [{ handler: `${controller.name}.${name}`, operation: Reflect.getMetadata(operationKey, handler) }]
})

const hasController = ({ file, text }) => !/\.spec\.ts$/.test(file) && /@Controller\(/.test(text)

/** Everything that answers a path in one app: from its controllers' metadata and from the routes mounted past the framework. */
export const mountedIn = async (root, { folder, files }, { operationKey, exported }) => {
  const modules = await Promise.all(files.filter(hasController).map(({ file }) => import(path.join(root, folder, file))))
  const controllers = modules.flatMap((module) => Object.values(module).filter(isClass))
  const raw = files.filter(({ file }) => file.startsWith('src/http/')).flatMap(({ file, text }) => rawMountsOf(text)
    .map((name) => ({ handler: file, operation: exported[name] })))
  return [...controllers.flatMap((controller) => handlersOf(controller, operationKey)), ...raw]
}
