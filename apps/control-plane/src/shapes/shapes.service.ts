import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { Problem } from '@tenantry/contracts'
import { Cache } from '@tenantry/service'
import type { ControlPlaneConfig } from '../config.js'
import { PlacementsService } from '../placements/placements.service.js'
import { CONFIG } from '../platform/platform.module.js'
import { type Abilities, abilitiesOf } from './abilities.js'
import { usualShape } from './catalogue.js'
import type { Shape } from './shape.entity.js'
import { ShapesRepository } from './shapes.repository.js'

/** The shape by this name or, where there is none, the one that will do as well; without a name, the usual one. */
export interface ShapeWish {
  readonly name?: string
  readonly otherwise?: string
}

/** A shape with what its databases can do, and why there can be none now, if so. */
export interface ShapeSeen extends Shape {
  readonly abilities: Abilities
  readonly unavailable: string | undefined
}

const most = 1_000
/** How old a shape may be that a new database is made by; every create asks for one, and they hardly ever change. */
const freshMs = 5_000

@Injectable()
export class ShapesService implements OnModuleInit {
  private readonly known: Cache<string, Shape>

  constructor(@Inject(CONFIG) private readonly config: Pick<ControlPlaneConfig, 'shapes'>, private readonly shapes: ShapesRepository,
    private readonly placements: PlacementsService) {
    this.known = new Cache({ load: (name) => this.shapes.find(name), keyOf: (name) => name, max: most, freshMs })
  }

  async onModuleInit(): Promise<void> {
    await this.shapes.offer(this.config.shapes)
  }

  async list(): Promise<readonly ShapeSeen[]> {
    const [shapes, taken] = await Promise.all([this.shapes.list(), this.placements.taken()])
    return shapes.map((shape) => this.seen(shape, taken))
  }

  async get(name: string): Promise<ShapeSeen> {
    const [shape, taken] = await Promise.all([this.shapes.find(name), this.placements.taken()])
    if (!shape) throw new Problem('ShapeNotFound', 'There is no such shape; GET /v2/shapes lists them.')
    return this.seen(shape, taken)
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

  private seen(shape: Shape, taken: ReadonlySet<string>): ShapeSeen {
    return { ...shape, abilities: abilitiesOf[shape.engine], unavailable: this.placements.unavailable(shape, taken) }
  }
}
