import { Module } from '@nestjs/common'
import { EventStreams } from './event-streams.js'
import { FeedRepository } from './feed.repository.js'

@Module({ providers: [FeedRepository, EventStreams], exports: [FeedRepository] })
export class FeedModule {}
