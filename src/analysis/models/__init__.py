"""Statistics without business words: events that repeat, entities that may stop, values that vary."""
