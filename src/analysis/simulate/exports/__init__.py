"""The messy exports of a made-up world, and the list of every fault in them."""
