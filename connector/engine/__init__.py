"""The engine: one pass over the road, the outbox of effects, the schedule, and what can be told of it all."""
