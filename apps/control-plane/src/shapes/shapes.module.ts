import { Module } from '@nestjs/common'
import { ShapesService } from './shapes.service.js'

@Module({ providers: [ShapesService], exports: [ShapesService] })
export class ShapesModule {}
