import { Delete, Get, HttpCode, Patch, Post, Put, SetMetadata, applyDecorators } from '@nestjs/common'
import { RouteConfig } from '@nestjs/platform-fastify'
import type { HttpMethod, Operation } from '@tenantry/contracts'
import type { FastifyRequest } from 'fastify'

const methods = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete } as const satisfies Record<HttpMethod, unknown>

export const operationKey = 'tenantry:operation'

/** A path of the operation tables in Fastify's spelling: /v2/databases/{id} becomes /v2/databases/:id. */
export const fastifyPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** Mounts a handler for an operation: path, method, status, permission, validation and the wording of refusals come from it. */
export const On = (operation: Operation): MethodDecorator => applyDecorators(
  methods[operation.method](fastifyPath(operation.path)),
  HttpCode(operation.success.status),
  RouteConfig({ operation }),
  SetMetadata(operationKey, operation),
)

/** The operation that a request was routed to; undefined where no route matched. */
export const operationOf = (request: FastifyRequest): Operation | undefined =>
  (request.routeOptions?.config as { operation?: Operation } | undefined)?.operation
