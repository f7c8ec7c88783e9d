"""What happened in a made-up world, before anybody exports it."""
