import { Injectable } from '@nestjs/common'
import { Problem } from '@tenantry/contracts'
import { Cache } from '@tenantry/service'
import { DataSource } from 'typeorm'
import { type Shape, ShapeEntity } from './shape.entity.js'

/** The shape by this name or, where there is none, the one that will do as well; without a name, the usual one. */
export interface ShapeWish {
  readonly name?: string
  readonly otherwise?: string
}

const usualShape = 'bitmap-small'

const mostShapes = 1000
/** How old a shape may be that a new database is made by; every create asks for one, and they hardly ever change. */
const freshMs = 5_000

@Injectable()
export class ShapesService {
  private readonly known: Cache<string, Shape>

  constructor(private readonly source: DataSource) {
    this.known = new Cache({ load: (name) => this.find(name), keyOf: (name) => name, max: mostShapes, freshMs })
  }

  async list(): Promise<readonly Shape[]> {
    return await this.source.manager.find(ShapeEntity, { order: { name: 'ASC' }, take: mostShapes })
  }

  async get(name: string): Promise<Shape> {
    const shape = await this.find(name)
    if (!shape) throw new Problem('ShapeNotFound', 'There is no such shape; GET /v2/shapes lists them.')
    return shape
  }

  /** The shape that a new database asks for; an unknown one is the asker's mistake, unless another one will do as well. */
  async wished({ name, otherwise }: ShapeWish): Promise<Shape> {
    if (name === undefined) return await this.usual()
    const shape = await this.known.find(name) ?? (otherwise === undefined ? undefined : await this.known.find(otherwise))
    if (!shape) throw new Problem('RelatedResourceNotFound', 'database_options.shape names no shape; GET /v2/shapes lists them.')
    return shape
  }

  /** What a database gets that asks for no shape of ours. */
  async usual(): Promise<Shape> {
    const shape = await this.known.find(usualShape)
    if (!shape) throw new Error(`The shape ${usualShape} is not there.`)
    return shape
  }

  private async find(name: string): Promise<Shape | undefined> {
    return name.includes('\0') ? undefined : await this.source.manager.findOneBy(ShapeEntity, { name }) ?? undefined
  }
}
