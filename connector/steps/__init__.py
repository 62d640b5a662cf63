"""The verbs, one file per step, in the order of the road. A step decides and writes down; the outbox acts."""
