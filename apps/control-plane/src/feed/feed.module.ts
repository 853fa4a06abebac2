import { Module } from '@nestjs/common'
import { FeedRepository } from './feed.repository.js'

@Module({ providers: [FeedRepository], exports: [FeedRepository] })
export class FeedModule {}
