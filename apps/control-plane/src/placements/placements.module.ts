import { Module } from '@nestjs/common'
import { PlacementsRepository } from './placements.repository.js'
import { PlacementsService } from './placements.service.js'

@Module({ providers: [PlacementsRepository, PlacementsService], exports: [PlacementsService] })
export class PlacementsModule {}
