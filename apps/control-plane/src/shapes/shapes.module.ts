import { Module } from '@nestjs/common'
import { PlacementsModule } from '../placements/placements.module.js'
import { ShapesRepository } from './shapes.repository.js'
import { ShapesService } from './shapes.service.js'

@Module({ imports: [PlacementsModule], providers: [ShapesRepository, ShapesService], exports: [ShapesService] })
export class ShapesModule {}
